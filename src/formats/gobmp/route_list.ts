/** The list of routes that is under way: all that its records share beside the message. */
import { IPV4_UNICAST } from "../../bgp/nlri/001_unicast.ts";
import type { PrefixFamily } from "../../bgp/nlri/family.ts";
import { ByteWriter } from "../../wire/writer.ts";
import type { NlriListFacts } from "./routes/object_routes.ts";
import { NOTHING_ASSUMED } from "./records.ts";
import type { RouteList } from "./prefix_routes.ts";

/** Reused for all lists of all messages. */
export class RouteListUnderWay implements RouteList, NlriListFacts {
  family: PrefixFamily = IPV4_UNICAST;
  isAnnounced = false;
  addPath = false;
  start = 0;
  end = 0;
  readonly nextHop = new ByteWriter(96);
  nextHopHex = "";
  isNextHopIpv4 = true;
  isMultiprotocol = false;
  assumed = NOTHING_ASSUMED;
  isTreatedAsWithdraw = false;
}
