import { describe, it } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { certificateNames } from "../../src/wire/certificate.ts";

/** By `openssl req -x509`, with names that are made to be misread. */
const ODD = Uint8Array.fromBase64(
  [
    "MIICbTCCAhOgAwIBAgIUEIky/rfR8Fq5cJMERg4iptHHrTowCgYIKoZIzj0EAwIwcTELMAkGA1UEBhMCREUxFzAV",
    "BgNVBAoMDkFjbWUsIEluYy4gQStCMQswCQYDVQQLDALDvDENMAsGAlMEDAVvdGhlcjERMA8GA1UEAwwIcjEKQ049",
    "cjIxGjAYBgkqhkiG9w0BCQEWC2FAYi5leGFtcGxlMCAXDTI2MTEyMjEwNTY0MFoYDzIxMjYxMDI5MTA1NjQwWjBx",
    "MQswCQYDVQQGEwJERTEXMBUGA1UECgwOQWNtZSwgSW5jLiBBK0IxCzAJBgNVBAsMAsO8MQ0wCwYCUwQMBW90aGVy",
    "MREwDwYDVQQDDAhyMQpDTj1yMjEaMBgGCSqGSIb3DQEJARYLYUBiLmV4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjO",
    "PQMBBwNCAATl0YVRXRPswB+sTlX7gZinZLAvrdmUfV3By/+azU7BCqPQzrTJW40VXBU+SnYhxYU5l/rai2TRJqMG",
    "wumlMrSIo4GGMIGDMGIGA1UdEQRbMFmCCWEuZXhhbXBsZYcEwAACAYcQIAENuAAAAAAAAAAAAAAAAYEFYUBiLmOG",
    "HGh0dHA6Ly94L2EsIEROUzpldmlsLmV4YW1wbGWIAyoDBKAKBgMqAwSgAwwBeDAdBgNVHQ4EFgQUqSWRFncAoLKT",
    "Xe/h/X4AqMF4FnwwCgYIKoZIzj0EAwIDSAAwRQIhAJmqhAslEna9JqyCUM6inZGjRTsVo4D8JC1QYaH7NVATAiBP",
    "5TKjLz/0V9bo095LD9hkaBIuoVt/0Op/Jj1x3zwehw==",
  ].join(""),
);

/** Version 1: no version field, no extensions; and no name. */
const NAMELESS = Uint8Array.fromBase64(
  [
    "MIH9MIGjAhR4OcufdejidSQFasdMdxG8igccPjAKBggqhkjOPQQDAjAAMCAXDTI2MTEyMjEwNTY0MFoYDzIxMjYx",
    "MDI5MTA1NjQwWjAAMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEsNhBWi6LO3T+D6oc/JA4YuCWDAa4iLoLsVFO",
    "eGwaV8NjShSXVYPU+ZESvbnPNDaC1hT16AALhPp2OQ5zJ2djvTAKBggqhkjOPQQDAgNJADBGAiEA5ZPzQ3JRS4sJ",
    "PpnPdZjBDPQbItBLgfP4EUnaSOTc3KACIQDZ2N12LDdsSuqfH9A4ER6cs0S27Kw4TG/1+WZux1hyuA==",
  ].join(""),
);

describe("certificateNames()", () => {
  it("gives the subject by RFC 4514, the last part first, with escapes", () => {
    // As `openssl x509 -subject -nameopt RFC2253,-esc_msb,utf8`.
    assert.equal(
      certificateNames(ODD).subject,
      "emailAddress=a@b.example,CN=r1\\0ACN=r2,2.3.4=#0c056f74686572,OU=ü,O=Acme\\, Inc. A\\+B,C=DE",
    );
  });

  it("keeps alternative names apart, whatever they contain", () => {
    assert.deepEqual(certificateNames(ODD).altNames, [
      "DNS:a.example",
      "IP:192.0.2.1",
      "IP:2001:db8::1",
      "email:a@b.c",
      "URI:http://x/a, DNS:evil.example",
    ]);
  });

  it("reads a certificate of version 1 without a name", () => {
    assert.deepEqual(certificateNames(NAMELESS), { subject: "", altNames: [] });
  });

  it("refuses what is cut off", () => {
    for (let length = 0; length < ODD.length; length++) {
      assert.throws(
        () => certificateNames(ODD.subarray(0, length)),
        /^Error: Cannot read a certificate: /,
      );
    }
  });

  it("gives names or an error for any change, in bounded time", () => {
    const change = fc.tuple(fc.nat(ODD.length - 1), fc.integer({ min: 0, max: 255 }));
    fc.assert(fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const bytes = ODD.slice();
      for (const [i, octet] of changes) bytes[i] = octet;
      try {
        const { subject, altNames } = certificateNames(bytes);
        assert.doesNotMatch(subject, /[\u0000-\u001f]/);
        assert.ok(altNames.every((name) => /^(?:DNS|IP|email|URI):/.test(name)));
      } catch (error) {
        assert.match(String(error), /^Error: Cannot read a certificate: /);
      }
    }));
  });
});
