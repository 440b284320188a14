/**
 * Playbooks of Istio 1.31. Sources: istio istioctl/cmd and pkg, operator/cmd/mesh, manifests/profiles, samples/addons,
 * samples/multicluster, tools/certs; istio.io "Install Multi-Primary on different networks", "Plug in CA Certificates",
 * "Getting Started with Ambient", "Configure waypoint proxies".
 */

import {
  analyzeAll,
  deleteSystemNamespace,
  injectSidecars,
  installProfile,
  leaveMesh,
  precheck,
  proxyStatus,
  purge,
  showVersion,
  systemPods,
} from '../istio/commands.ts';
import { moving } from '../istio/moving.ts';
import { restart } from '../moving.ts';
import { its } from './fields.ts';
import { migrate } from './migrate.ts';
import { type Playbook, run, same, seed } from './playbook.ts';

/** The release that the download step pins. */
const release = '1.31.0';
const bookinfo = 'samples/bookinfo/platform/kube/bookinfo.yaml';
const waypoint = `istioctl waypoint apply -n ${its.namespace} --enroll-namespace`;
const here = { name: its.namespace, workloads: [] };

const addons = ['prometheus', 'grafana', 'jaeger', 'kiali'];
const dashboards = ['kiali', 'grafana', 'jaeger'];

const install: Playbook = {
  mesh: 'istio',
  topic: 'install',
  summary:
    'The control plane `istiod`, with or without an ingress gateway, and nothing injected yet. Choose the profile below; `ambient` runs without sidecars.',
  source: 'https://istio.io/latest/docs/setup/install/istioctl/',
  steps: [
    {
      id: 'download',
      title: 'Get istioctl',
      why: 'The folder that comes with it also holds the samples and addons that later steps use. Without a version, the script takes the newest release.',
      actions: [
        run(
          `curl -L https://istio.io/downloadIstio | ISTIO_VERSION=${release} sh -`,
          seed(
            'I1',
            'curl -L https://istio.io/downloadIstio | sh -',
            'works',
            'It takes the newest release; pin one, so that everybody has the same.',
          ),
        ),
        run(
          `cd istio-${release}`,
          seed(
            'I2',
            'cd istio-1.20.0',
            'changed',
            'The folder is named after what was downloaded, and 1.20 has had no support since June 2024.',
          ),
        ),
        run(
          'export PATH="$PWD/bin:$PATH"',
          seed(undefined, 'export PATH=$PWD/bin:$PATH', 'works', 'Quotes keep a folder with spaces in one piece.'),
        ),
      ],
      checks: [run(showVersion)],
    },
    {
      id: 'control-plane',
      title: 'Install the control plane',
      why: 'The first command looks for what would get in the way. `--verify` waits until all is up.',
      actions: [
        run(precheck),
        run(
          `${installProfile('default')} --verify -y`,
          seed('I3', 'istioctl install --set profile=default -y', 'works', ''),
          seed(
            'I4',
            'istioctl verify-install',
            'removed',
            'Gone since 1.24. `--verify` does it while installing; later, `istioctl analyze` and `istioctl proxy-status` tell more.',
          ),
        ),
      ],
      checks: [run(systemPods, same()), run(analyzeAll)],
      rollback: [run(purge), run(deleteSystemNamespace)],
    },
    {
      id: 'sample',
      title: 'Try it with the sample application',
      why: `Into a namespace that is injected; see “Bring workloads in”. The gateway of the second file is a Gateway API one, for which \`istiod\` starts a proxy of its own: it needs no ingress gateway, but the Gateway API's definitions.`,
      actions: [
        run(
          `kubectl apply -n ${its.namespace} -f ${bookinfo}`,
          seed('I10', `kubectl apply -f ${bookinfo}`, 'works', ''),
        ),
        run(
          `kubectl apply -n ${its.namespace} -f samples/bookinfo/gateway-api/bookinfo-gateway.yaml`,
          seed(
            'I11',
            'kubectl apply -f samples/bookinfo/networking/bookinfo-gateway.yaml',
            'incomplete',
            'It works only where the profile brings an ingress gateway, and Helm labels that one `istio: ingress`, which this file does not select.',
          ),
        ),
      ],
      checks: [
        run(
          `kubectl get gateways.gateway.networking.k8s.io bookinfo-gateway -n ${its.namespace}`,
          seed(
            'I12',
            'kubectl get svc istio-ingressgateway -n istio-system',
            'incomplete',
            'There is such a Service with the profiles `default` and `demo` alone.',
          ),
        ),
      ],
      rollback: [run(`kubectl delete -n ${its.namespace} -f ${bookinfo}`)],
    },
  ],
  profiles: [
    {
      name: 'default',
      holds: 'istiod and an ingress gateway',
      use: 'Production with sidecars: add replicas, or autoscaling, for high availability.',
      action: run(
        installProfile('default'),
        seed(
          'I8',
          'istioctl install --set profile=production',
          'never',
          'No release has had such a profile: `default` is the one for production.',
        ),
      ),
    },
    {
      name: 'minimal',
      holds: 'istiod alone',
      use: 'Production where gateways are installed apart, by Helm or by the Gateway API.',
      action: run(installProfile('minimal'), {
        ...same('I6'),
        why: 'It is no profile for tests, as guides say, but one without an ingress gateway.',
      }),
    },
    {
      name: 'ambient',
      holds: 'istiod, the CNI agent and a ztunnel on every node',
      use: 'Mutual TLS without sidecars; waypoints add HTTP where it is wanted.',
      action: run(installProfile('ambient')),
    },
    {
      name: 'demo',
      holds: 'istiod, an ingress and an egress gateway, every trace sampled',
      use: 'Trying features out. Never for production, and never for a benchmark.',
      action: run(installProfile('demo'), same('I7')),
    },
    {
      name: 'remote',
      holds: 'what a cluster needs whose control plane is in another one',
      use: 'The second cluster of a primary-remote mesh.',
      action: run(installProfile('remote')),
    },
    {
      name: 'with resources',
      holds: 'the default profile, with what each sidecar asks for',
      use: 'Any Helm value can be set this way, or in a file given with `-f`. The default is 100m already.',
      action: run('istioctl install --set values.global.proxy.resources.requests.cpu=100m', same('I9')),
    },
  ],
};

const inject: Playbook = {
  mesh: 'istio',
  topic: 'inject',
  summary:
    'Either a sidecar in every pod, which starts with the pod, or the ambient mode, where the node takes over and no pod restarts. A namespace has one of the two.',
  source: 'https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/',
  steps: [
    {
      id: 'sidecars',
      title: 'With sidecars',
      why: 'The label is read when a pod is made, so pods that run already are made anew. With a revision of the control plane, the label is `istio.io/rev` and its name.',
      actions: [
        run(
          injectSidecars(its.namespace),
          seed(
            'I5',
            'kubectl label namespace default istio-injection=enabled',
            'incomplete',
            'The label alone changes no pod that runs already.',
          ),
        ),
        ...restart(here).map((it) => run(it)),
      ],
      checks: moving.checks(its.namespace).map((it) => run(it)),
      rollback: [leaveMesh(its.namespace), ...restart(here)].map((it) => run(it)),
    },
    {
      id: 'ambient',
      title: 'Without sidecars: ambient',
      why: 'Needs the profile `ambient`. Nothing restarts: the ztunnel of each node encrypts from now on. A waypoint is needed as soon as a policy or a route speaks of HTTP.',
      actions: [
        run(`kubectl label namespace ${its.namespace} istio.io/dataplane-mode=ambient --overwrite`),
        run(waypoint),
      ],
      checks: [run('istioctl ztunnel-config workloads'), run(`istioctl waypoint status -n ${its.namespace}`)],
      rollback: [
        run(`istioctl waypoint delete --all -n ${its.namespace}`),
        run(`kubectl label namespace ${its.namespace} istio.io/dataplane-mode- istio.io/use-waypoint-`),
      ],
    },
  ],
};

const certificates = (cluster: string) =>
  `kubectl create secret generic cacerts -n istio-system --from-file=certs/${cluster}/ca-cert.pem --from-file=certs/${cluster}/ca-key.pem --from-file=certs/${cluster}/root-cert.pem --from-file=certs/${cluster}/cert-chain.pem`;

/** Both clusters, with the names and networks that the steps give them. */
const clusters = [
  { context: its.cluster1, other: its.cluster2, name: 'cluster1', network: 'network1', id: 'I16' },
  { context: its.cluster2, other: its.cluster1, name: 'cluster2', network: 'network2', id: undefined },
];

const multiCluster: Playbook = {
  mesh: 'istio',
  topic: 'multi-cluster',
  summary:
    'Two clusters on networks of their own, a control plane in each, one root of trust: pods call services of the other cluster through an east-west gateway. Run all of it in the folder of the release.',
  source: 'https://istio.io/latest/docs/setup/install/multicluster/multi-primary_multi-network/',
  steps: [
    {
      id: 'root',
      title: 'Make one root of trust',
      why: 'Without it each `istiod` makes a root of its own, and neither cluster believes the certificates of the other. These are for tries: in production, the intermediate certificates come from your own authority.',
      actions: [
        run('mkdir -p certs'),
        run('make -C certs -f ../tools/certs/Makefile.selfsigned.mk root-ca'),
        ...clusters.map(({ name }) => run(`make -C certs -f ../tools/certs/Makefile.selfsigned.mk ${name}-cacerts`)),
        ...clusters.flatMap(({ context, name }) => [
          run(`kubectl --context ${context} create namespace istio-system`),
          run(certificates(name).replace('kubectl', `kubectl --context ${context}`)),
        ]),
      ],
    },
    {
      id: 'control-planes',
      title: 'Install a control plane in each',
      why: 'Both name the same mesh, a cluster and a network. The label tells which network a cluster is on.',
      actions: clusters.flatMap(({ context, name, network, id }) => [
        run(
          `kubectl --context ${context} label namespace istio-system topology.istio.io/network=${network} --overwrite`,
        ),
        run(
          `${installProfile('default')} --context ${context} --set values.global.meshID=mesh1 --set values.global.multiCluster.clusterName=${name} --set values.global.network=${network} -y`,
          seed(
            id,
            `istioctl install --set profile=default --set values.global.meshID=mesh1 --set values.global.multiCluster.clusterName=${name}`,
            'incomplete',
            'It names no network and no cluster to install in, and without a shared root and an east-west gateway no request crosses.',
          ),
        ),
      ]),
      checks: clusters.map(({ context }) => run(`kubectl --context ${context} get pods -n istio-system`)),
    },
    {
      id: 'gateways',
      title: 'Open an east-west gateway in each',
      why: 'It lets in whoever has a certificate of the mesh, and nobody else. Its address has to be reachable from the other cluster: restrict it to that.',
      actions: clusters.flatMap(({ context, network }) => [
        run(
          `samples/multicluster/gen-eastwest-gateway.sh --network ${network} | istioctl --context ${context} install -y -f -`,
        ),
        run(`kubectl --context ${context} apply -n istio-system -f samples/multicluster/expose-services.yaml`),
      ]),
      checks: clusters.map(({ context }) =>
        run(`kubectl --context ${context} get svc istio-eastwestgateway -n istio-system`),
      ),
    },
    {
      id: 'secrets',
      title: 'Let each watch the other',
      why: 'The secret holds a way to the API server of one cluster, and belongs into the other.',
      actions: clusters.map(({ context, other, name }) =>
        run(
          `istioctl create-remote-secret --context ${context} --name=${name} | kubectl --context ${other} apply -f -`,
          ...(name === 'cluster2'
            ? [
                seed(
                  'I17',
                  'istioctl create-remote-secret --name=cluster2 | kubectl apply -f -',
                  'wrong',
                  'It reads and writes the current context, so that a cluster gets the way to itself.',
                ),
              ]
            : []),
        ),
      ),
      checks: clusters.map(({ context }) => run(`istioctl --context ${context} remote-clusters`)),
    },
  ],
};

const observe: Playbook = {
  mesh: 'istio',
  topic: 'observe',
  summary:
    'Metrics, dashboards, traces and a map of who calls whom. The addons keep everything in memory: they are for a look, not for production, where your own Prometheus scrapes the proxies.',
  source: 'https://istio.io/latest/docs/ops/integrations/',
  steps: [
    {
      id: 'addons',
      title: 'Install the addons',
      why: 'In the folder of the release. Kiali needs Prometheus; traces need a Telemetry resource that names the provider, and applications that pass the headers on.',
      actions: addons.map((it) => run(`kubectl apply -f samples/addons/${it}.yaml`, same('I13'))),
      checks: [run('kubectl rollout status deploy/kiali -n istio-system --timeout=5m')],
      rollback: [run('kubectl delete -f samples/addons')],
    },
    {
      id: 'dashboards',
      title: 'Open the dashboards',
      why: 'Each forwards a port and opens the browser; Ctrl+C ends it.',
      actions: [
        ...dashboards.map((it) => run(`istioctl dashboard ${it}`, same('I14'))),
        run('kubectl port-forward -n istio-system svc/prometheus 9090:9090', same('I15')),
      ],
    },
  ],
};

const troubleshoot: Playbook = {
  mesh: 'istio',
  topic: 'troubleshoot',
  summary:
    'From the outside in: what the manifests say, what the proxies have taken over, what one proxy does, and what the control plane writes of it.',
  source: 'https://istio.io/latest/docs/ops/diagnostic-tools/',
  steps: [
    {
      id: 'configuration',
      title: 'Is the configuration sound?',
      why: 'The second one reads files alone, before they are applied; so does `meshwright check`, without a cluster.',
      actions: [
        run(`istioctl analyze -n ${its.namespace}`, seed('I18', 'istioctl analyze', 'works', '')),
        run(`istioctl analyze --use-kube=false -R ${its.folder}`),
      ],
    },
    {
      id: 'proxies',
      title: 'Have the proxies taken it over?',
      why: 'A proxy that lags behind shows STALE. The command asks `istiod` itself since 1.22, and needs to be let in to do so.',
      actions: [run(proxyStatus, same('I19'))],
    },
    {
      id: 'one-proxy',
      title: 'What does one proxy do?',
      why: 'Read clusters for “does it know the service”, routes for “where does it send this path”, endpoints for “which pods”. The dashboard is the admin page of Envoy itself.',
      actions: [
        run(
          `istioctl proxy-config cluster ${its.pod}.${its.namespace}`,
          seed(
            'I20',
            'istioctl proxy-config cluster <pod-name>',
            'works',
            'Without a namespace it looks into that of the context.',
          ),
        ),
        run(`istioctl proxy-config routes ${its.pod}.${its.namespace}`),
        run(`istioctl proxy-config endpoints ${its.pod}.${its.namespace}`),
        run(
          `istioctl dashboard envoy ${its.pod}.${its.namespace}`,
          seed(
            'I21',
            'istioctl dashboard envoy <pod-name>',
            'works',
            '`istioctl dashboard proxy` is the same, for ztunnels and waypoints too.',
          ),
        ),
      ],
    },
    {
      id: 'ambient',
      title: 'In ambient mode',
      why: 'There is no proxy in the pod to ask: the ztunnel of its node has the answers.',
      actions: ['services', 'policies', 'certificates', 'connections'].map((it) =>
        run(`istioctl ztunnel-config ${it}`),
      ),
    },
    {
      id: 'logs',
      title: 'What does the control plane say?',
      why: 'Look for `rejected` and for certificates that could not be issued.',
      actions: [
        run('kubectl logs -n istio-system -l app=istiod', same('I22')),
        run(`kubectl logs ${its.pod} -n ${its.namespace} -c istio-proxy`),
      ],
    },
  ],
};

export const istio = {
  install,
  inject,
  'multi-cluster': multiCluster,
  observe,
  troubleshoot,
  migrate: migrate('istio', 'https://istio.io/latest/docs/tasks/security/authentication/mtls-migration/'),
};
