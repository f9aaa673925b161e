/** `edgebmp explain`: every byte of a recorded session, as far as it can be told. */
import { MessageFinder, type MessageHandler } from "../../bmp/message_finder.ts";
import { CaptureError } from "../../capture/packets.ts";
import { socketText } from "../../capture/segments.ts";
import { CaptureReader, type SessionHandler } from "../../capture/sessions.ts";
import { MessageExplainer } from "../../explain/message.ts";
import { Part } from "../../explain/part.ts";
import { putText, putTree } from "../../explain/render.ts";
import { maxMessageBytesFlag } from "../../sessions/flags.ts";
import { hexText } from "../../wire/strings.ts";
import { putTimestampUs } from "../../wire/text.ts";
import { ByteWriter } from "../../wire/writer.ts";
import type { Command, CommandContext } from "../command.ts";
import { type Flag, parseBoolean, UsageError } from "../flag.ts";
import { logUnread, openRecording, portFlag } from "../recording.ts";

const BATCH_BYTES = 256 * 1024;
const DECODER = new TextDecoder();

const jsonFlag: Flag<boolean> = {
  name: "json",
  placeholder: "BOOL",
  default: "false",
  bare: true,
  help: "One JSON object per message instead of text; there, `end` is the byte behind the last",
  parse: parseBoolean,
};

export const explainCommand: Command = {
  name: "explain",
  summary: "Show what each byte of a recorded session or a capture of packets says",
  usage: "FILE|-",
  flags: [jsonFlag, portFlag, maxMessageBytesFlag],
  async run(context) {
    const [path, ...more] = context.words;
    if (path === undefined || more.length > 0) {
      throw new UsageError(
        `Cannot explain: found ${context.words.length} words, expected one FILE or - for standard input`,
      );
    }
    return await explain(path, context);
  },
};

async function explain(path: string, context: CommandContext): Promise<number> {
  const { flags, runtime, signal, log } = context;
  const out = new ByteWriter(BATCH_BYTES);
  const isJson = flags.get(jsonFlag);
  const messageBytesMax = flags.get(maxMessageBytesFlag);
  const { isCapture, chunks } = await openRecording(path, signal);
  let push: (chunk: Uint8Array) => void;
  let end: () => void;
  if (isCapture) {
    const view = new SessionView(out, isJson);
    const reader = new CaptureReader(
      ({ source, sourcePort, destination, destinationPort }) =>
        view.session(socketText(source, sourcePort), socketText(destination, destinationPort)),
      { port: flags.get(portFlag), messageBytesMax },
    );
    push = (chunk) => reader.push(chunk);
    end = () => {
      reader.end();
      logUnread(log, path, reader);
    };
  } else {
    const finder = new MessageFinder(messageView(out, isJson, ""), false, messageBytesMax);
    push = (chunk) => finder.push(chunk);
    end = () => finder.end();
  }
  try {
    for await (const chunk of chunks) {
      push(chunk);
      if (out.pos < BATCH_BYTES) continue;
      await runtime.writeStdout(out.written());
      out.reset();
    }
    end();
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    log.error("broken capture", { file: path, error: error.message });
    return 1;
  } finally {
    if (out.pos > 0) await runtime.writeStdout(out.written());
  }
  return 0;
}

/** Writes the trees of a stream; `head` are members of JSON that stand before those of the tree. */
function messageView(out: ByteWriter, isJson: boolean, head: string): MessageHandler {
  const explainer = new MessageExplainer();
  const put = (part: Part, offset: number): void => {
    if (!isJson) {
      putText(out, part, offset);
      out.byte(0x0a);
    } else if (head === "") {
      putTree(out, part, offset);
    } else {
      out.text(`{${head},`);
      const at = out.pos;
      putTree(out, part, offset);
      // The tree's own brace is part of ours.
      out.bytes.copyWithin(at, at + 1, out.pos);
      out.pos--;
    }
  };
  return {
    message: (bytes, offset) => put(explainer.explain(bytes), offset),
    skipped(bytes, offset) {
      const part = new Part("Bytes outside of messages", 0, bytes.length);
      part.hex = hexText(bytes, 0, bytes.length);
      put(part, offset);
    },
  };
}

/** Writes the trees of the sessions of a capture, whose messages come mixed. */
class SessionView {
  readonly #out: ByteWriter;
  readonly #isJson: boolean;
  #count = 0;
  /** The session that has the word. */
  #current = 0;

  constructor(out: ByteWriter, isJson: boolean) {
    this.#out = out;
    this.#isJson = isJson;
  }

  session(from: string, to: string): SessionHandler {
    const number = ++this.#count;
    const head = `"session":${number},"from":${JSON.stringify(from)},"to":${JSON.stringify(to)}`;
    const view = messageView(this.#out, this.#isJson, head);
    const turn = (timeUs: number): void => {
      if (this.#isJson || this.#current === number) return;
      this.#current = number;
      this.#out.text(`== session ${number}, ${from} to ${to}${timeText(timeUs)}\n\n`);
    };
    return {
      message(bytes, offset, timeUs) {
        turn(timeUs);
        view.message(bytes, offset);
      },
      skipped(bytes, offset) {
        turn(0);
        view.skipped(bytes, offset);
      },
      gap: (byteCount) => {
        turn(0);
        if (this.#isJson) this.#out.text(`{${head},"missing_bytes":${byteCount}}\n`);
        else this.#out.text(`-- ${byteCount} bytes are not in the capture\n\n`);
      },
      end() {},
    };
  }
}

function timeText(timeUs: number): string {
  if (timeUs === 0) return "";
  const time = new ByteWriter(32);
  putTimestampUs(time, timeUs);
  return `, ${DECODER.decode(time.written())}`;
}
