/** Certificates for tests, made by `openssl`. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** PEM texts, and the files that hold them. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
  readonly certFile: string;
  readonly keyFile: string;
}

const KEY = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes".split(" ");

/** An authority and what it signs, in a folder that the caller removes. */
export class TestAuthority implements TestCertificate {
  readonly folder: string;
  readonly cert: string;
  readonly key: string;
  readonly certFile: string;
  readonly keyFile: string;

  constructor(folder = mkdtempSync(join(tmpdir(), "edgebmp-tls-")), name = "ca") {
    this.folder = folder;
    this.certFile = join(folder, `${name}.pem`);
    this.keyFile = join(folder, `${name}.key`);
    openssl("req", "-x509", ...KEY, "-keyout", this.keyFile, "-out", this.certFile, ...[
      ...["-days", "30", "-subj", `/O=Example/CN=${name}`],
    ]);
    this.cert = readFileSync(this.certFile, "utf8");
    this.key = readFileSync(this.keyFile, "utf8");
  }

  /**
   * Signs a certificate with the subject `CN=name,O=Example`.
   *
   * @param altNames e.g. `DNS:localhost,IP:127.0.0.1`
   * @param days -1: it has expired
   */
  sign(name: string, altNames = "DNS:localhost,IP:127.0.0.1", days = 30): TestCertificate {
    const [certFile, keyFile] = [
      join(this.folder, `${name}.pem`),
      join(this.folder, `${name}.key`),
    ];
    const request = join(this.folder, `${name}.csr`);
    const extensions = join(this.folder, `${name}.ext`);
    writeFileSync(extensions, `subjectAltName=${altNames}\n`);
    openssl("req", ...KEY, "-keyout", keyFile, "-out", request, "-subj", `/O=Example/CN=${name}`);
    openssl(..."x509 -req -CAcreateserial -days".split(" "), String(days), ...[
      ...["-in", request, "-CA", this.certFile, "-CAkey", this.keyFile],
      ...["-extfile", extensions, "-out", certFile],
    ]);
    return {
      cert: readFileSync(certFile, "utf8"),
      key: readFileSync(keyFile, "utf8"),
      certFile,
      keyFile,
    };
  }
}

function openssl(...words: string[]): void {
  execFileSync("openssl", words, { stdio: ["ignore", "ignore", "ignore"] });
}
