/** Gateways in plain Gateway API, of the class that is asked for. */

import { originsOfGateway } from '../../../../model/gateway-origins.ts';
import type { GatewayIntent } from '../../../../model/ir.ts';
import { placeText } from '../../../../model/report.ts';
import type { Section, GatewayTarget } from '../convert/write-gateways.ts';
import { loseGateway, writeGateway } from '../convert/write-gateways.ts';
import { Gateway, HTTPRoute } from '../kinds.ts';
import type { Draft } from './draft.ts';

/** Writes all gateways that are converted; gives the listeners of all that are known, to which routes are bound. */
export function writeGateways(draft: Draft): ReadonlyMap<string, readonly Section[]> {
  const sections = new Map<string, readonly Section[]>();
  for (const it of draft.ir.gateways) sections.set(`${it.namespace}/${it.name}`, writeOne(it, draft));
  return sections;
}

/**
 * Who carries the gateway: the class that is asked for, else the one that the mesh of the source has itself. Istio makes
 * gateways of its own class, Consul those of its own.
 */
function classOf({ carrier }: GatewayIntent, { options, ir }: Draft): string | undefined {
  return options.ingressClass ?? carrier.value.className ?? ir.gatewayClass;
}

function writeOne(gateway: GatewayIntent, draft: Draft): readonly Section[] {
  const { ledger } = draft;
  const { namespace, carrier } = gateway;
  const className = classOf(gateway, draft);
  if (className === undefined) {
    if (gateway.isFact) return [];
    loseGateway(gateway, ledger, {
      code: 'gateway-deploy',
      reason: 'Nothing says which class of Gateway carries it.',
      risk: 'availability',
    });
    ledger.note(
      'missing',
      'Name the class of the gateway, the option ingressClass, and convert again.',
      'availability',
    );
    return [];
  }
  const name = gateway.isFact
    ? gateway.name
    : draft.nameFor(Gateway, namespace, gateway.name, { gatewayClassName: className });
  const written = writeGateway(gateway, className, name, targetFor(draft));
  if (!written || gateway.isFact) return written?.sections ?? [];
  draft.create(Gateway, namespace, name, written.spec, originsOfGateway(gateway));
  const place = placeText(Gateway.name, namespace, name, 'spec.gatewayClassName');
  if (carrier.value.className === className) ledger.exact(carrier, place);
  else
    ledger.changed(
      carrier,
      place,
      'gateway-deploy',
      `The class "${className}" makes pods and a Service of its own for the gateway, at an address of their own.`,
      'availability',
    );
  writeRedirects(gateway, name, written.sections, draft);
  return written.sections;
}

function targetFor({ ledger }: Draft): GatewayTarget {
  return {
    ledger,
    title: 'The gateway',
    refuse: () => undefined,
    asksClients: true,
    settingRefusal: () => undefined,
  };
}

/** Listeners that redirect to HTTPS need a route that does. */
function writeRedirects(gateway: GatewayIntent, name: string, sections: readonly Section[], draft: Draft): void {
  const redirecting = sections.filter((it) => it.isRedirect);
  if (redirecting.length === 0) return;
  const { namespace } = gateway;
  const parentRefs = redirecting.map((it) => ({
    group: Gateway.group,
    kind: Gateway.name,
    name,
    sectionName: it.name,
  }));
  const origins = gateway.listeners.flatMap((it) => (it.httpsRedirect?.value ? it.httpsRedirect.from : []));
  const route = draft.nameFor(HTTPRoute, namespace, `${name}-https-redirect`, { parentRefs });
  const rules = [{ filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }] }];
  draft.create(HTTPRoute, namespace, route, { parentRefs, rules }, origins);
  draft.ledger.exact(origins, placeText(HTTPRoute.name, namespace, route, 'spec.rules[0].filters'));
}
