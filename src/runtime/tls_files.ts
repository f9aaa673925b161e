/** Certificates and keys in files. */
import { readText } from "./secret.ts";
import type { PemTexts } from "./types.ts";

/** What the files hold; an empty path: nothing. @throws when one cannot be read */
export async function readPem({ ca, cert, key }: PemTexts): Promise<PemTexts> {
  const read = (path: string) => path === "" ? Promise.resolve("") : readText(path);
  const [caText, certText, keyText] = await Promise.all([read(ca), read(cert), read(key)]);
  return { ca: caText, cert: certText, key: keyText };
}
