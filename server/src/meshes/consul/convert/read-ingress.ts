/**
 * Reads IngressGateways, the older form of Consul's gateways: listeners with the services behind them, by the names that
 * clients call. Sources: consul-k8s control-plane/api/v1alpha1/ingressgateway_types.go, consul agent/structs/config_entry_gateways.go.
 */

import { askedAt, askedNumber, askedText, askedTexts } from '../../../model/asked.ts';
import type { Environment } from '../../../model/environment.ts';
import type {
  Asked,
  Certificate,
  Destination,
  GatewayIntent,
  HeaderChange,
  Limits,
  Listener,
  ListenerHost,
  ListenerTls,
  Outlier,
  Peculiar,
  Route,
  RouteTarget,
  ServiceName,
} from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import type { Path } from '../../../model/text.ts';
import { isRecord, listAt, recordAt, textAt, textRecordAt, valueAt } from '../../../model/value.ts';
import { IngressGateway } from '../kinds.ts';
import { parseDuration } from './durations.ts';
import { toTlsVersion } from './gateway-tls.ts';
import { readCiphers } from './read-gateways.ts';
import type { Entries } from './read-routes.ts';
import { serviceNamed } from './services.ts';

export interface ReadIngress {
  readonly gateways: readonly GatewayIntent[];
  readonly routes: readonly Route[];
  readonly destinations: readonly Destination[];
  readonly peculiar: readonly Peculiar[];
}

/** Reads the IngressGateways that are converted. */
export function readIngressGateways(entries: Entries): ReadIngress {
  const read = entries.selected(IngressGateway).map((it) => new Reader(it, entries.environment).read());
  return {
    gateways: read.flatMap((it) => it.gateways),
    routes: read.flatMap((it) => it.routes),
    destinations: read.flatMap((it) => it.destinations),
    peculiar: read.flatMap((it) => it.peculiar),
  };
}

const protocols: Readonly<Record<string, Listener['protocol']['value']>> = {
  tcp: 'TCP',
  http: 'HTTP',
  http2: 'HTTP2',
  grpc: 'GRPC',
};

class Reader {
  readonly #resource: Resource;
  readonly #environment: Environment;
  readonly #namespace: string;

  constructor(resource: Resource, environment: Environment) {
    this.#resource = resource;
    this.#environment = environment;
    this.#namespace = this.#home();
  }

  read(): ReadIngress {
    const { name, value } = this.#resource;
    const listeners = listAt(value, ['spec', 'listeners']).map((_, at): Path => ['spec', 'listeners', at]);
    const routes = listeners.flatMap((it) => this.#routes(it));
    return {
      gateways: [
        {
          name,
          namespace: this.#namespace,
          carrier: { value: {}, from: [] },
          listeners: listeners.flatMap((it) => this.#listener(it)),
        },
      ],
      routes,
      destinations: listeners.flatMap((it) => this.#destinations(it)),
      peculiar: this.#wildcards(listeners),
    };
  }

  /** Its own namespace, unless it stands beside the servers of Consul while all of its services stand elsewhere together. */
  #home(): string {
    const own = this.#environment.namespaceOf(this.#resource);
    if (own !== this.#environment.settings.convert.consulNamespace) return own;
    const homes = new Set(
      listAt(this.#resource.value, ['spec', 'listeners']).flatMap((listener) =>
        listAt(listener, ['services']).flatMap((it) => {
          const name = textAt(it, ['name']);
          return name === undefined || name === '*' ? [] : [serviceNamed(this.#environment, name, own).namespace];
        }),
      ),
    );
    const [only, ...others] = homes;
    return only !== undefined && others.length === 0 ? only : own;
  }

  // ---- Listeners ---------------------------------------------------------------------------------------------------

  #listener(path: Path): readonly Listener[] {
    const port = askedNumber(this.#resource, [...path, 'port']);
    const protocol = askedText(this.#resource, [...path, 'protocol']);
    if (!port) return [];
    const spoken = protocols[protocol?.value ?? 'tcp'] ?? 'TCP';
    const tls = this.#tls(path);
    // TLS is opened on every listener of the gateway, on those for connections too.
    const value = tls ? (spoken === 'TCP' ? 'TLS' : 'HTTPS') : spoken;
    return [
      {
        name: `${value.toLowerCase()}-${port.value}`,
        port,
        protocol: { value, from: protocol?.from ?? [] },
        hosts: this.#hosts(path, value),
        ...(tls ? { tls } : {}),
      },
    ];
  }

  /** The names of all of its services; a service without names is called by `<name>.ingress.<domain>`. */
  #hosts(path: Path, protocol: string): readonly Asked<ListenerHost>[] {
    if (protocol === 'TCP' || protocol === 'TLS') return [];
    const services = this.#services(path);
    const hosts = services.flatMap((it) => this.#names(it.path, it.name));
    if (services.length === 0 || hosts.some((it) => it.value === '*')) return [];
    const seen = new Set<string>();
    return hosts.flatMap(({ value }) => {
      if (seen.has(value)) return [];
      seen.add(value);
      return [{ value: { host: value, routes: { type: 'all' as const } }, from: [] }];
    });
  }

  /** Names under which a service is called. */
  #names(path: Path, service: string): readonly Asked<string>[] {
    const said = askedTexts(this.#resource, [...path, 'hosts']).map((it) => ({
      ...it,
      value: it.value.replace(/:\d+$/, ''),
    }));
    if (said.length > 0) return said;
    return service === '*' ? [{ value: '*', from: [] }] : [{ value: `${service}.ingress.consul`, from: [] }];
  }

  #tls(path: Path): ListenerTls | undefined {
    const own: Path = [...path, 'tls'];
    const shared: Path = ['spec', 'tls'];
    const place = (field: string): Path =>
      valueAt(this.#resource.value, [...own, field]) === undefined ? [...shared, field] : [...own, field];
    const enabled = place('enabled');
    const sds = askedAt(this.#resource, place('sds'));
    const isOn = valueAt(this.#resource.value, enabled) === true || sds.length > 0;
    if (!isOn) return undefined;
    const version = (field: string) => {
      const asked = askedText(this.#resource, place(field));
      const value = asked && toTlsVersion(asked.value);
      return asked && value ? { value, from: asked.from } : undefined;
    };
    const [minVersion, maxVersion] = [version('tlsMinVersion'), version('tlsMaxVersion')];
    const suites = valueAt(this.#resource.value, place('cipherSuites'));
    const ciphers = Array.isArray(suites)
      ? readCiphers(
          suites.filter((it) => typeof it === 'string'),
          [{ resource: this.#resource, path: place('cipherSuites') }],
        )
      : undefined;
    const certificate: Certificate = { name: `${this.#resource.name}-cert`, isMade: 'by-mesh' };
    return {
      mode: { value: 'terminate', from: [] },
      certificates: [{ value: certificate, from: [...askedAt(this.#resource, enabled), ...sds] }],
      authorities: [],
      ...(minVersion ? { minVersion } : {}),
      ...(maxVersion ? { maxVersion } : {}),
      ...(ciphers ? { ciphers } : {}),
      options: [],
    };
  }

  // ---- Services ----------------------------------------------------------------------------------------------------

  #services(path: Path): readonly { readonly path: Path; readonly name: string; readonly service: ServiceName }[] {
    return listAt(this.#resource.value, [...path, 'services']).flatMap((it, at) => {
      const name = textAt(it, ['name']);
      if (name === undefined) return [];
      return [
        { path: [...path, 'services', at], name, service: serviceNamed(this.#environment, name, this.#namespace) },
      ];
    });
  }

  #routes(path: Path): readonly Route[] {
    const port = askedNumber(this.#resource, [...path, 'port']);
    const protocol = textAt(this.#resource.value, [...path, 'protocol']) ?? 'tcp';
    if (!port) return [];
    return this.#services(path).flatMap(({ path: place, name, service }): Route[] => {
      if (name === '*') return [];
      const isHttp = protocol !== 'tcp';
      const request = this.#headers([...place, 'requestHeaders']);
      const response = this.#headers([...place, 'responseHeaders']);
      const named = askedAt(this.#resource, [...place, 'name']);
      const hosts = isHttp ? this.#names(place, name) : [];
      return [
        {
          name: `${this.#resource.name}-${name}`,
          namespace: service.namespace,
          targets: (hosts.length > 0 ? hosts : [{ value: '*', from: [] }]).map(
            (it): Asked<RouteTarget> => ({ value: { type: 'host', host: it.value }, from: it.from }),
          ),
          gateways: [{ value: `${this.#namespace}/${this.#resource.name}`, from: named }],
          isMesh: false,
          protocol: !isHttp ? 'tcp' : protocol === 'grpc' ? 'grpc' : 'http',
          order: 'document',
          unmatched: 'not-found',
          rules: [
            {
              matches: [{ from: [], headers: [], query: [], port: { value: port.value, from: [] } }],
              parts: {
                backends: { value: [{ service, from: named }], from: named },
                ...(request ? { requestHeaders: request } : {}),
                ...(response ? { responseHeaders: response } : {}),
              },
            },
          ],
        },
      ];
    });
  }

  #headers(path: Path): Asked<HeaderChange> | undefined {
    const value = valueAt(this.#resource.value, path);
    if (!isRecord(value)) return undefined;
    return {
      value: {
        set: textRecordAt(value, ['set']),
        add: textRecordAt(value, ['add']),
        remove: listAt(value, ['remove']).filter((it) => typeof it === 'string'),
      },
      from: [{ resource: this.#resource, path }],
    };
  }

  /** What the gateway, as a client, asks of the services behind it. */
  #destinations(path: Path): readonly Destination[] {
    return this.#services(path).flatMap(({ path: place, name, service }): Destination[] => {
      if (name === '*') return [];
      const own = (field: string): Path =>
        valueAt(this.#resource.value, [...place, field]) === undefined
          ? ['spec', 'defaults', field]
          : [...place, field];
      const limits = this.#limits(own);
      const outlier = this.#outlier(own('passiveHealthCheck'));
      if (!limits && !outlier) return [];
      const gateway = { name: this.#resource.name, namespace: this.#namespace };
      return [
        {
          name: `${this.#resource.name}-${name}`,
          namespace: this.#namespace,
          service: { value: service, from: [] },
          client: { value: gateway, from: [] },
          subsets: [],
          parts: { ...(limits ? { limits } : {}), ...(outlier ? { outlier } : {}) },
        },
      ];
    });
  }

  #limits(own: (field: string) => Path): Asked<Limits> | undefined {
    const fields = {
      maxConnections: 'maxConnections',
      maxPending: 'maxPendingRequests',
      maxRequests: 'maxConcurrentRequests',
    } as const;
    const value = Object.fromEntries(
      Object.entries(fields).flatMap(([part, field]) => {
        const asked = askedNumber(this.#resource, own(field));
        return asked ? [[part, asked] as const] : [];
      }),
    );
    const all = Object.values(value);
    return all.length === 0 ? undefined : { value, from: all.flatMap((it) => it.from) };
  }

  #outlier(path: Path): Asked<Outlier> | undefined {
    if (Object.keys(recordAt(this.#resource.value, path)).length === 0) return undefined;
    const number = (field: string) => askedNumber(this.#resource, [...path, field]);
    const duration = (field: string) => {
      const asked = askedText(this.#resource, [...path, field]);
      const value = asked && parseDuration(asked.value);
      return asked && value !== undefined ? { value, from: asked.from } : undefined;
    };
    const found: { readonly [Part in keyof Outlier]: Outlier[Part] | undefined } = {
      consecutive5xx: number('maxFailures'),
      interval: duration('interval'),
      baseEjection: duration('baseEjectionTime'),
      maxEjectionPercent: number('maxEjectionPercent'),
      enforcePercent: number('enforcingConsecutive5xx'),
    };
    const value: Outlier = Object.fromEntries(Object.entries(found).filter(([, it]) => it !== undefined));
    return { value, from: [{ resource: this.#resource, path }] };
  }

  /** A star stands for all services of the protocol, each by a name of its own. */
  #wildcards(listeners: readonly Path[]): readonly Peculiar[] {
    return listeners
      .flatMap((it) => this.#services(it))
      .filter((it) => it.name === '*')
      .map(({ path }) => ({
        from: [{ resource: this.#resource, path }],
        code: 'wildcard-expanded',
        reason:
          'A star takes all services by names of the domain ".ingress"; name the services that clients outside call.',
        risk: 'availability',
      }));
  }
}
