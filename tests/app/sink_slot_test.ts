import { describe, it } from "node:test";
import assert from "node:assert/strict";
import { SinkSlot } from "../../src/app/sink_slot.ts";
import { Output } from "../../src/formats/output.ts";
import type { Sink } from "../../src/sinks/sink.ts";

/** A sink whose deliveries are settled by hand. */
class HandSink implements Sink {
  readonly name = "hand";
  readonly inFlightMax = 8;
  readonly given: {
    batch: Output;
    release: () => void;
    resolve: () => void;
    reject: (error: Error) => void;
  }[] = [];
  isClosed = false;

  open(): Promise<void> {
    return Promise.resolve();
  }
  deliver(batch: Output, release: () => void = () => {}): Promise<void> {
    return new Promise((resolve, reject) => this.given.push({ batch, release, resolve, reject }));
  }
  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }
}

const batch = () => new Output(16, false);
const exchange = (slot: SinkSlot, next: Sink) =>
  slot.exchange(() => Promise.resolve(next), new AbortController().signal);

describe("SinkSlot", () => {
  it("gives the next sink, in order, what the one before has not acknowledged", async () => {
    const [first, second] = [new HandSink(), new HandSink()];
    const slot = new SinkSlot(first);
    const batches = [batch(), batch(), batch()];
    const delivered = batches.map((batch) => slot.deliver(batch));
    first.given[1]!.resolve();
    await delivered[1];
    assert.equal(await exchange(slot, second), 0);
    assert.equal(first.isClosed, true);
    assert.deepEqual(second.given.map(({ batch }) => batch), [batches[0], batches[2]]);
    for (const { resolve } of second.given) resolve();
    await Promise.all(delivered);
  });

  it("holds back what comes while sinks are exchanged", async () => {
    const [first, second] = [new HandSink(), new HandSink()];
    const slot = new SinkSlot(first);
    const exchanged = exchange(slot, second);
    const delivered = slot.deliver(batch());
    await exchanged;
    assert.deepEqual([first.given.length, second.given.length], [0, 1]);
    second.given[0]!.resolve();
    await delivered;
  });

  it("does not hear the sink before: the other still reads the batch", async () => {
    const [first, second] = [new HandSink(), new HandSink()];
    const slot = new SinkSlot(first);
    let isDone = false;
    const delivered = [slot.deliver(batch()), slot.deliver(batch())];
    void delivered[0]!.then(() => isDone = true);
    await exchange(slot, second);
    first.given[0]!.resolve();
    first.given[1]!.reject(new Error("closed"));
    await new Promise((resolve) => setTimeout(resolve, 1));
    assert.equal(isDone, false);
    for (const { resolve } of second.given) resolve();
    await Promise.all(delivered);
  });

  it("counts what cannot be given again: its buffer is another's", async () => {
    const [first, second] = [new HandSink(), new HandSink()];
    const slot = new SinkSlot(first);
    let released = 0;
    const delivered = slot.deliver(batch(), () => released++);
    first.given[0]!.release();
    first.given[0]!.release();
    assert.equal(released, 1);
    assert.equal(await exchange(slot, second), 1);
    await delivered;
    assert.equal(second.given.length, 0);
  });

  it("takes the next sink also when the one before does not close well", async () => {
    const [first, second] = [new HandSink(), new HandSink()];
    const slot = new SinkSlot(first);
    const delivered = slot.deliver(batch());
    first.close = () => Promise.reject(new Error("I/O error"));
    assert.equal(await exchange(slot, second), 0);
    second.given[0]!.resolve();
    await delivered;
  });

  it("says that no sink can go on when the next cannot be opened", async () => {
    const slot = new SinkSlot(new HandSink());
    const delivered = [slot.deliver(batch())];
    const exchanged = slot.exchange(
      () => Promise.reject(new Error("no such folder")),
      new AbortController().signal,
    );
    delivered.push(slot.deliver(batch()));
    const refused = delivered.map((each) => assert.rejects(each, /no such folder/));
    await assert.rejects(exchanged, /no such folder/);
    await Promise.all(refused);
    await assert.rejects(slot.deliver(batch()), /no such folder/);
  });

  it("passes on that a sink cannot go on", async () => {
    const sink = new HandSink();
    const delivered = new SinkSlot(sink).deliver(batch());
    sink.given[0]!.reject(new Error("its reader is gone"));
    await assert.rejects(delivered, /its reader is gone/);
  });
});
