/** The subjects of the records' topics, and which of them the server does not take. */
import type { Topic } from "../../formats/output.ts";
import { covers } from "./stream.ts";

export interface Subject {
  readonly name: string;
  /** Whether goBMP has no such records. */
  readonly isOwn: boolean;
  /** Why the server will not take records on it; empty: it does. */
  refusal: string;
}

const MESSAGE_TYPE_OWN_MIN = 1000;
/** goBMP's: they are in the stream also where no record of ours goes there. */
const GOBMP_PATTERNS = ["gobmp.parsed.*", "gobmp.raw"];
const OWN_PATTERN = "edgebmp.*";

export class Subjects {
  readonly #prefix: string;
  readonly #subjects = new Map<Topic, Subject>();

  /** @param prefix stands before all subjects, with a dot; empty: nothing does */
  constructor(topics: readonly Topic[], prefix: string) {
    this.#prefix = prefix === "" ? "" : `${prefix}.`;
    for (const topic of topics) this.of(topic);
  }

  of(topic: Topic): Subject {
    let subject = this.#subjects.get(topic);
    if (subject === undefined) {
      const isOwn = topic.messageType >= MESSAGE_TYPE_OWN_MIN;
      subject = { name: this.#prefix + topic.name, isOwn, refusal: "" };
      this.#subjects.set(topic, subject);
    }
    return subject;
  }

  /** What a stream has to take: goBMP's two patterns, one for all of our own, and others as they are. */
  patterns(): string[] {
    const names = [...this.#subjects.values()].map(({ name }) => name);
    const patterns = GOBMP_PATTERNS.map((pattern) => this.#prefix + pattern);
    const own = this.#prefix + OWN_PATTERN;
    if (names.some((name) => covers(own, name))) patterns.push(own);
    for (const name of names) {
      if (!patterns.some((pattern) => covers(pattern, name))) patterns.push(name);
    }
    return patterns;
  }

  /** The server does not take these subjects; returns how many were thought to be taken. */
  refuse(pattern: string, reason: string): number {
    let count = 0;
    for (const subject of this.#subjects.values()) {
      if (subject.refusal !== "" || !covers(pattern, subject.name)) continue;
      subject.refusal = reason;
      count++;
    }
    return count;
  }

  /** Another connection's user may be allowed what this one is not. */
  allow(): void {
    for (const subject of this.#subjects.values()) subject.refusal = "";
  }
}
