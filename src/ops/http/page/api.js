/** What the page asks the collector, and how its token goes along. */
import { byId, setHidden } from "./dom.js";

const TOKEN_KEY = "edgebmp-token";
const TIMEOUT_MS = 10_000;

/** An answer that is not as asked for; status 0: none. */
export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

function headers(more = {}) {
  const token = sessionStorage.getItem(TOKEN_KEY);
  return token === null ? more : { ...more, authorization: `Bearer ${token}` };
}

export function hasToken() {
  return sessionStorage.getItem(TOKEN_KEY) !== null;
}

export function keepToken(token) {
  if (token === "") sessionStorage.removeItem(TOKEN_KEY);
  else sessionStorage.setItem(TOKEN_KEY, token);
  setHidden(byId("forget"), token === "");
}

/** The response of a request, whatever its length. @throws {ApiError} */
export async function open(path, options) {
  const response = await fetch(path, {
    cache: "no-store",
    ...options,
    headers: headers(options.headers),
  }).catch((error) => {
    throw options.signal.aborted ? error : noAnswer();
  });
  if (response.ok) return response;
  const { error = response.statusText } = await response.json().catch(() => ({}));
  throw new ApiError(response.status, error);
}

async function json(path, options) {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    return await (await open(path, { ...options, signal })).json();
  } catch (error) {
    throw error instanceof ApiError ? error : noAnswer();
  }
}

function noAnswer() {
  return new ApiError(0, "The collector does not answer");
}

export function get(path) {
  return json(`/api/v1/${path}`, {});
}

/** An operator's action: its header is what a page of another site cannot send. */
export function act(path, body = {}) {
  return json(`/api/v1/${path}`, {
    method: "POST",
    headers: { "x-edgebmp-action": "page", "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}
