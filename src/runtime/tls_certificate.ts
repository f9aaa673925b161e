/** Certificates and keys: what may be served, and what a peer's certificate says. */
import { createHash, createPrivateKey, X509Certificate } from "node:crypto";
import type { TLSSocket } from "node:tls";
import { certificateNames } from "../wire/certificate.ts";
import type { PemTexts, ServeTls, TlsPeer } from "./types.ts";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The certificates of a PEM text. @throws if there is none, or one that cannot be read; `what` says of what kind */
function parseCertificates(pem: string, what: string): X509Certificate[] {
  const texts = pem.match(CERTIFICATE) ?? [];
  if (texts.length === 0) throw new Error(`Cannot use the ${what}: found no certificate in PEM`);
  return texts.map((text, i) => {
    try {
      return new X509Certificate(text);
    } catch (cause) {
      throw new Error(`Cannot use the ${what}: certificate ${i + 1} is broken`, { cause });
    }
  });
}

/**
 * Looks at all that is served before a client does: one runtime takes any text, and fails at each handshake. Returns when our
 * certificate expires, milliseconds since 1970.
 *
 * @throws if a text is wrong or the key is another certificate's; the message has nothing of the key
 */
export function checkServeTls({ cert, key, clientCa, clientAuth }: ServeTls): number {
  const [own] = parseCertificates(cert, "certificate");
  checkKey(own!, key);
  if (clientCa !== "") parseCertificates(clientCa, "CA of clients");
  else if (clientAuth !== "none") {
    throw new Error(
      `Cannot ask clients for certificates ("${clientAuth}"): found no CA of clients, expected one`,
    );
  }
  return Date.parse(own!.validTo);
}

/** The same for what a client uses. @throws if a text is wrong or the key is another certificate's */
export function checkConnectTls({ ca, cert, key }: PemTexts): void {
  if (ca !== "") parseCertificates(ca, "CA");
  if (cert !== "") checkKey(parseCertificates(cert, "certificate")[0]!, key);
}

/** @throws if the key cannot be read or is not the certificate's */
function checkKey(certificate: X509Certificate, key: string): void {
  let privateKey;
  try {
    privateKey = createPrivateKey(key);
  } catch {
    // The library's message is left out: it could quote the text.
    const found = key.includes("ENCRYPTED") ? "an encrypted one" : "none that can be read";
    throw new Error(`Cannot use the private key: found ${found}, expected PEM without a password`);
  }
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new Error("Cannot use the private key: it is not that of the certificate");
  }
}

/** Whether the peer showed a certificate. */
export function hasCertificate(socket: TLSSocket): boolean {
  return (socket.getPeerCertificate() as { raw?: unknown } | undefined)?.raw !== undefined;
}

/**
 * @param isVerified without, nothing is said of the certificate
 * @throws if the certificate cannot be read
 */
export function describePeer(socket: TLSSocket, isVerified: boolean): TlsPeer {
  const protocol = socket.getProtocol() ?? "";
  if (!isVerified) return { protocol, subject: "", altNames: [], fingerprint: "" };
  const { raw } = socket.getPeerCertificate();
  return {
    protocol,
    ...certificateNames(raw),
    fingerprint: createHash("sha256").update(raw).digest("hex"),
  };
}
