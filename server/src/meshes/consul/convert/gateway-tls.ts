/**
 * Versions and ciphers of TLS at Consul's gateways. Sources: consul types/tls.go, consul-k8s
 * control-plane/api-gateway/common/constants.go.
 */

import type { TlsVersion } from '../../../model/ir.ts';

/** Options of a listener of the Gateway API that Consul's controller reads. */
export const tlsOptionKeys = {
  min: 'api-gateway.consul.hashicorp.com/tls_min_version',
  max: 'api-gateway.consul.hashicorp.com/tls_max_version',
  ciphers: 'api-gateway.consul.hashicorp.com/tls_cipher_suites',
} as const;

export const tlsVersions: Readonly<Record<TlsVersion, string>> = {
  auto: 'TLS_AUTO',
  '1.0': 'TLSv1_0',
  '1.1': 'TLSv1_1',
  '1.2': 'TLSv1_2',
  '1.3': 'TLSv1_3',
};

/** The version that a text of Consul means; undefined for any other text. */
export function toTlsVersion(text: string): TlsVersion | undefined {
  return (Object.keys(tlsVersions) as TlsVersion[]).find((it) => tlsVersions[it] === text);
}

/** IANA's name of a cipher that Consul knows → that of OpenSSL, by which Envoy knows it. */
const ciphers: Readonly<Record<string, string>> = {
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: 'ECDHE-ECDSA-AES128-GCM-SHA256',
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-ECDSA-CHACHA20-POLY1305',
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: 'ECDHE-RSA-AES128-GCM-SHA256',
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-RSA-CHACHA20-POLY1305',
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: 'ECDHE-ECDSA-AES128-SHA',
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: 'ECDHE-RSA-AES128-SHA',
  TLS_RSA_WITH_AES_128_GCM_SHA256: 'AES128-GCM-SHA256',
  TLS_RSA_WITH_AES_128_CBC_SHA: 'AES128-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: 'ECDHE-ECDSA-AES256-GCM-SHA384',
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: 'ECDHE-RSA-AES256-GCM-SHA384',
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA: 'ECDHE-ECDSA-AES256-SHA',
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA: 'ECDHE-RSA-AES256-SHA',
  TLS_RSA_WITH_AES_256_GCM_SHA384: 'AES256-GCM-SHA384',
  TLS_RSA_WITH_AES_256_CBC_SHA: 'AES256-SHA',
};

/** OpenSSL's name of a cipher as Consul calls it; undefined for one that it does not know. */
export function toIana(openssl: string): string | undefined {
  return Object.keys(ciphers).find((it) => ciphers[it] === openssl);
}

/** Consul's name of a cipher as OpenSSL calls it; undefined for one that Consul does not know. */
export function toOpenSsl(iana: string): string | undefined {
  return ciphers[iana];
}
