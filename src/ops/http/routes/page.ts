/** `/`: the status page. It holds no data; its script asks the API, with the token that its reader types in. */
import { makePage } from "../page/page.ts";
import type { Route } from "../route.ts";

const { html, policy } = makePage();

const page: Route = {
  method: "GET",
  path: "/",
  access: "open",
  summary:
    "The status page, for a browser; it holds no data, and asks for the token if there is one",
  answer: () => ({
    status: 200,
    type: "text/html; charset=utf-8",
    body: html,
    headers: { "content-security-policy": policy },
  }),
};

export const PAGE_ROUTES: readonly Route[] = [page];
