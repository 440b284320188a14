/**
 * Services that decide about requests: providers of MeshConfig, which policies of action CUSTOM name. Source: istio.io,
 * ExtensionProvider.
 */

import type { Environment } from '../../../model/environment.ts';
import type { Asked, Authorizer } from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import { serviceOfHost } from '../hosts.ts';
import { IstioOperator } from '../kinds.ts';
import { readDuration } from './durations.ts';
import { originsOf, Place } from './place.ts';

/** The authorizer that a policy names; only its name when no installation in the workspace has it. */
export function readAuthorizer(provider: Place, environment: Environment): Asked<Authorizer> {
  const name = provider.at('name').text ?? '';
  const known = authorizersIn(environment).find((it) => it.provider === name);
  return { value: known ?? { provider: name, failsOpen: false }, from: originsOf(provider) };
}

/** The provider of this workspace that asks the same service in the same way. */
export function providerFor(authorizer: Authorizer, environment: Environment): string | undefined {
  const { protocol, service, pathPrefix, failsOpen } = authorizer;
  return authorizersIn(environment).find(
    (it) =>
      it.protocol === protocol &&
      it.service?.name === service?.name &&
      it.service?.namespace === service?.namespace &&
      (it.pathPrefix ?? '') === (pathPrefix ?? '') &&
      (!it.failsOpen || failsOpen),
  )?.provider;
}

function authorizersIn(environment: Environment): readonly Authorizer[] {
  return environment.index.all(IstioOperator).flatMap((it) => authorizersOf(it, environment));
}

const protocols = { envoyExtAuthzGrpc: 'grpc', envoyExtAuthzHttp: 'http' } as const;

function authorizersOf(installation: Resource, environment: Environment): readonly Authorizer[] {
  const providers = Place.of(installation).at('spec', 'meshConfig', 'extensionProviders').items;
  return providers.flatMap((provider) =>
    (['envoyExtAuthzGrpc', 'envoyExtAuthzHttp'] as const).flatMap((key): readonly Authorizer[] => {
      const [name, settings] = [provider.at('name').text, provider.at(key)];
      if (name === undefined || !settings.exists) return [];
      // A namespace may stand before the host.
      const host = (settings.at('service').text ?? '').split('/').at(-1) ?? '';
      const service = serviceOfHost(host, environment.namespaceOf(installation), environment.settings.clusterDomain);
      const [prefix, timeout] = [settings.at('pathPrefix').text, readDuration(settings.at('timeout').text)];
      return [
        {
          provider: name,
          protocol: protocols[key],
          ...(service ? { service } : {}),
          ...(prefix ? { pathPrefix: prefix } : {}),
          ...(timeout === undefined ? {} : { timeout }),
          failsOpen: settings.at('failOpen').boolean === true,
        },
      ];
    }),
  );
}
