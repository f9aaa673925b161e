/** Where routers come from: the part of the configuration that names listeners, and routers that are connected to. */
import {
  listenAddressFlag,
  listenFlag,
  listenParallel,
  listenSocket,
  proxyProtocolFromFlag,
  sourcePortFlag,
} from "../sessions/flags.ts";
import type { SpeakerOptions } from "../sessions/dialer.ts";
import type { ListenerOptions } from "../sessions/listener.ts";
import type { TlsOptions } from "../sessions/tls_entrance.ts";
import { TLS_KEYS, tlsListenFlag, tlsOptions } from "../sessions/tls_flags.ts";
import {
  activeMode,
  speakerFlag,
  speakerHost,
  speakerName,
  speakerParallel,
  speakerPort,
  speakerTls,
  speakerTlsCa,
  speakerTlsCert,
  speakerTlsKey,
  speakerTlsServerName,
  speakerTlsVerify,
} from "../sessions/speaker_flags.ts";
import { ConfigError } from "./config_error.ts";
import type { ListItem } from "./config_file.ts";
import {
  defaultOf,
  type Endpoint,
  environmentName,
  type Flag,
  FlagError,
  type FlagSource,
} from "./flag.ts";
import type { Layers } from "./layers.ts";

export type ListenConfig = ListenerOptions;
export type SpeakerConfig = SpeakerOptions;

/** The listeners: plain ones, then those of `--tls-listen`. @throws {ConfigError} */
export function listenConfigs(layers: Layers): ListenConfig[] {
  const all = [...plainListeners(layers), ...tlsListeners(layers)];
  const places = all.filter(({ port, socket }) => port !== 0 && socket === undefined)
    .map(({ address, port }) => placeText({ host: address, port }));
  const twin = places.find((place, i) => places.indexOf(place) < i);
  if (twin !== undefined) {
    throw new ConfigError(`Cannot start: found two listeners for "${twin}", expected each once`);
  }
  return all;
}

function tlsListeners(layers: Layers): ListenConfig[] {
  const places = layers.get(tlsListenFlag);
  if (places.length === 0) return [];
  const tls = readTls(layers, `Cannot use --${tlsListenFlag.name}`);
  const proxyFrom = layers.get(proxyProtocolFromFlag);
  return places.map((place) => ({ ...place, parallel: false, proxyFrom, tls }));
}

/** @param where what cannot be done without, for the message */
function readTls(values: FlagSource, where: string): TlsOptions {
  try {
    return tlsOptions(values);
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    throw new ConfigError(`${where}: ${error.message}`);
  }
}

/** None where goBMP's file says to connect instead, or the list in ours is empty. */
function plainListeners(layers: Layers): ListenConfig[] {
  const named = layers.outside(listenFlag) ?? [];
  const isPlaceNamed = layers.outside(sourcePortFlag) !== undefined ||
    layers.outside(listenAddressFlag) !== undefined;
  if (named.length > 0) {
    const first = isPlaceNamed ? [flagListener(layers)] : [];
    return [...first, ...named.map((place) => ({ ...flagListener(layers), ...place }))];
  }
  const items = layers.file?.lists.get("listen");
  if (items !== undefined) return fileListeners(layers, items);
  if (layers.get(activeMode)) return [];
  return [flagListener(layers)];
}

/** The listener of flags that name one at most, and of goBMP's file. */
function flagListener(layers: Layers): ListenConfig {
  // goBMP's file says 0 for its default.
  const port = layers.file?.gobmp && layers.outside(sourcePortFlag) === undefined
    ? layers.get(sourcePortFlag) || defaultOf(sourcePortFlag)
    : layers.get(sourcePortFlag);
  const address = layers.get(listenAddressFlag);
  const proxyFrom = layers.get(proxyProtocolFromFlag);
  return { address, port, parallel: false, proxyFrom };
}

function fileListeners(layers: Layers, items: readonly ListItem[]): ListenConfig[] {
  if (items.length > 1) {
    refuseAmbiguous(layers, sourcePortFlag, "listen");
    refuseAmbiguous(layers, listenAddressFlag, "listen");
  }
  return items.map((item) => {
    const values = layers.item(item);
    const socket = values.get(listenSocket);
    return {
      address: values.get(listenAddressFlag),
      port: values.get(sourcePortFlag),
      parallel: values.get(listenParallel),
      proxyFrom: values.get(proxyProtocolFromFlag),
      ...(socket === "" ? {} : { socket }),
      // Decided by the file alone: a flag would make every listener one for TLS.
      ...(TLS_KEYS.some((flag) => item.values.given(flag))
        ? { tls: readTls(values, `Cannot read ${item.place}`) }
        : {}),
    };
  });
}

function refuseAmbiguous(layers: Layers, flag: Flag, list: string): void {
  if (layers.outside(flag) === undefined) return;
  throw new ConfigError(
    `Cannot use --${flag.name} or ${
      environmentName(flag)
    }: the configuration file has several entries under "${list}", expected one`,
  );
}

/** The routers that are connected to, each with a name of its own. */
export function speakerConfigs(layers: Layers): SpeakerConfig[] {
  const speakers: SpeakerConfig[] = [];
  const add = (speaker: SpeakerConfig, where: string) => {
    refuseTwin(speaker, speakers, where);
    speakers.push(speaker);
  };
  for (const item of layers.file?.lists.get("speakers") ?? []) {
    add(listedSpeaker(layers.item(item), item), `Cannot read ${item.place}`);
  }
  const places = layers.outside(speakerFlag);
  for (const place of places ?? []) add(plainSpeaker(place), `Cannot use --${speakerFlag.name}`);
  // As in goBMP, the file's list counts in active mode only.
  if (places === undefined && layers.get(activeMode)) {
    for (const place of layers.get(speakerFlag)) {
      add(plainSpeaker(place), "Cannot use speakers_list");
    }
    if (speakers.length === 0) {
      throw new ConfigError(`Cannot start: "active_mode" needs "speakers_list"`);
    }
  }
  return speakers;
}

function plainSpeaker({ host, port }: Endpoint): SpeakerConfig {
  return { name: placeText({ host, port }), host, port, parallel: false, tls: undefined };
}

function listedSpeaker(values: FlagSource, { place }: ListItem): SpeakerConfig {
  const host = values.get(speakerHost);
  const port = values.get(speakerPort);
  if (host === "") throw new ConfigError(`Cannot read ${place}: found no "host"`);
  const files = {
    ca: values.get(speakerTlsCa),
    cert: values.get(speakerTlsCert),
    key: values.get(speakerTlsKey),
  };
  const serverName = values.get(speakerTlsServerName);
  const hasTls = values.get(speakerTls) || [...Object.values(files), serverName].some(Boolean);
  return {
    name: values.get(speakerName) || placeText({ host, port }),
    host,
    port,
    parallel: values.get(speakerParallel),
    tls: hasTls ? { files, serverName, verify: values.get(speakerTlsVerify) } : undefined,
  };
}

function refuseTwin(speaker: SpeakerConfig, earlier: readonly SpeakerConfig[], where: string) {
  const { name, host, port } = speaker;
  if (earlier.some((other) => other.name === name)) {
    throw new ConfigError(`${where}: found the name "${name}" again, expected one of its own`);
  }
  if (earlier.some((other) => other.host === host && other.port === port && !speaker.parallel)) {
    throw new ConfigError(
      `${where}: found "${placeText(speaker)}" again, expected each router once`,
    );
  }
}

function placeText({ host, port }: Endpoint): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
