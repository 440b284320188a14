/**
 * Writes gateways for Consul's API gateway: Gateways of the Gateway API of its class, which starts pods for each. The
 * gateway is a client of the mesh with the name of its Gateway.
 * Sources: consul-k8s control-plane/api-gateway/common/constants.go, consul types/tls.go.
 */

import type { GatewayIntent, Ir, Listener, ListenerTls } from '../../../model/ir.ts';
import { apiVersionOf } from '../../../model/kind.ts';
import { placeText } from '../../../model/report.ts';
import {
  type GatewayTarget,
  type Refused,
  type Section,
  writeGateway,
} from '../../kubernetes/gateway/convert/write-gateways.ts';
import { Gateway } from '../../kubernetes/gateway/kinds.ts';
import type { ConvertOptions } from '../../mesh.ts';
import type { Drafts } from './drafts.ts';
import { writeGatewayRoutes } from './gateway-routes.ts';
import { tlsOptionKeys, tlsVersions, toIana } from './gateway-tls.ts';

/** The class that consul-k8s installs for its gateways. */
const className = 'consul';

/** Writes all gateways and the routes that are bound to some. */
export function writeGateways(ir: Ir, drafts: Drafts, options: ConvertOptions): void {
  const sections = new Map<string, readonly Section[]>();
  for (const it of ir.gateways) sections.set(`${it.namespace}/${it.name}`, writeOne(it, drafts));
  const names = new Set<string>();
  for (const route of ir.routes)
    if (route.gateways.length > 0) writeGatewayRoutes(route, sections, drafts, options, names);
}

/** Writes a gateway, unless it is a fact; gives the listeners to which routes are bound. */
function writeOne(gateway: GatewayIntent, drafts: Drafts): readonly Section[] {
  const { name, namespace, carrier } = gateway;
  const written = writeGateway(gateway, className, name, targetFor(drafts));
  if (!written || gateway.isFact) return written?.sections ?? [];
  const place = placeText(Gateway.name, namespace, name, 'spec.gatewayClassName');
  if (carrier.value.className === className) drafts.ledger.exact(carrier, place);
  else
    drafts.ledger.changed(
      carrier,
      place,
      'gateway-deploy',
      carrier.value.className === undefined
        ? `The class "${className}" starts pods of its own for the gateway, in place of those that the selector means.`
        : `The class "${className}" starts pods of its own for the gateway, in place of what "${carrier.value.className}" does.`,
    );
  drafts.add({
    apiVersion: apiVersionOf(Gateway),
    kind: Gateway.name,
    metadata: { name, namespace },
    spec: written.spec,
  });
  return written.sections;
}

function targetFor({ ledger }: Drafts): GatewayTarget {
  return {
    ledger,
    title: 'Consul',
    refuse: refusalOf,
    asksClients: false,
    tlsOptions: (tls, place) => writeTlsOptions(tls, place, ledger),
    foreignOptions: {
      code: 'no-equivalent',
      reason: 'Only the class of gateways that it was written for knows this option.',
      risk: 'security',
    },
    settingRefusal: (setting): Refused | undefined =>
      setting === 'addresses'
        ? undefined
        : {
            code: 'gateway-deploy',
            reason: 'Consul takes the shape of the pods of a gateway from a GatewayClassConfig.',
            risk: 'availability',
          },
  };
}

function refusalOf({ protocol, tls, httpsRedirect }: Listener): Refused | undefined {
  if (httpsRedirect?.value)
    return {
      code: 'no-redirect',
      reason: 'Consul cannot redirect to HTTPS, so this listener for plaintext is not opened.',
      risk: 'availability',
    };
  if (protocol.value === 'TLS' || tls?.mode.value === 'passthrough')
    return { code: 'no-tls-listener', reason: 'Consul passes no TLS through a gateway.', risk: 'availability' };
  return undefined;
}

/** Versions and ciphers, as options of a listener that Consul's controller reads. */
function writeTlsOptions(tls: ListenerTls, place: string, ledger: Drafts['ledger']): Readonly<Record<string, string>> {
  const { minVersion, maxVersion, ciphers } = tls;
  const options: Record<string, string> = {};
  for (const [asked, key] of [
    [minVersion, tlsOptionKeys.min],
    [maxVersion, tlsOptionKeys.max],
  ] as const) {
    if (!asked) continue;
    options[key] = tlsVersions[asked.value];
    ledger.exact(asked, place);
  }
  if (ciphers) {
    const known = ciphers.value.flatMap((it) => toIana(it) ?? []);
    if (known.length > 0) options[tlsOptionKeys.ciphers] = known.join(',');
    if (known.length === ciphers.value.length)
      ledger.exact(ciphers, place, 'Consul calls ciphers by their IANA names.');
    else if (known.length > 0)
      ledger.changed(
        ciphers,
        place,
        'no-equivalent',
        'Consul does not know all of these ciphers; it offers the others.',
      );
    else ledger.lost(ciphers, 'no-equivalent', 'Consul knows none of these ciphers and offers its own.', 'security');
  }
  return options;
}
