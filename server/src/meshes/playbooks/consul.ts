/**
 * Playbooks of Consul on Kubernetes, consul-k8s 2.0.3. Sources: consul-k8s cli/cmd, cli/preset, charts/consul (values.yaml,
 * server-statefulset.yaml), control-plane/connect-inject/constants; developer.hashicorp.com "Install Consul on Kubernetes
 * with Helm", "Establish cluster peering connections on Kubernetes", "WAN federation through mesh gateways", "Troubleshoot
 * service-to-service communication".
 */

import {
  addRepository,
  allIntentions,
  allProxies,
  installChart,
  installValues,
  proxiesOf,
  release,
  showStatus,
  systemPods,
  uninstallAndWipe,
} from '../consul/commands.ts';
import { moving } from '../consul/moving.ts';
import { its } from './fields.ts';
import { actionsOf, migrate } from './migrate.ts';
import { file, type Playbook, run, same, seed } from './playbook.ts';

const here = { name: its.namespace, workloads: [its.workload] };

/** The Helm values of the guides, in the words that stand for them. */
const deadController = seed(
  'C2',
  'controller: {enabled: true}',
  'ineffective',
  'The section was removed with 1.0.0 in November 2022, and Helm passes over it without a word. The controllers run with `connectInject`.',
);

const token =
  "export CONSUL_HTTP_TOKEN=$(kubectl get secret consul-bootstrap-acl-token -n consul -o jsonpath='{.data.token}' | base64 -d)";
const inServer = 'kubectl exec -n consul consul-server-0 -c consul -- env CONSUL_HTTP_ADDR=https://localhost:8501';

const install: Playbook = {
  mesh: 'consul',
  topic: 'install',
  summary:
    'Servers, injector and controllers, with TLS, access lists and gossip encryption from the start: adding these later restarts everything. Nothing is injected yet.',
  source: 'https://developer.hashicorp.com/consul/docs/deploy/server/k8s/helm',
  steps: [
    {
      id: 'values',
      title: 'Write the values',
      why: 'With access lists on, services may talk only where an intention says so. Three servers for production, which survive the loss of one: `server.replicas: 3`. Add `ui.enabled: true` for the web page; do not open it to the world by a LoadBalancer.',
      actions: actionsOf([installValues]).map((it) => ({ ...it, seed: [deadController] })),
    },
    {
      id: 'chart',
      title: 'Install the chart',
      why: 'Pin the version, since chart, servers and data plane belong together. `consul-k8s install -f` takes the same file.',
      actions: [
        run(addRepository, same('C1')),
        run('helm repo update', same('C1')),
        run(
          installChart,
          seed(
            'C3',
            'helm install consul hashicorp/consul -f consul-values.yaml --create-namespace --namespace consul',
            'works',
            'It takes the newest chart; pin one.',
          ),
        ),
      ],
      checks: [run(systemPods, same('C4')), run(showStatus)],
      rollback: [run(uninstallAndWipe)],
    },
    {
      id: 'token',
      title: 'Get the token of the administrator',
      why: 'With access lists on, the web page and the command line ask for it. It may do everything: make others for everyday work.',
      actions: [run(token), run('kubectl port-forward -n consul svc/consul-ui 8501:443')],
    },
  ],
  profiles: [
    {
      name: 'with values',
      holds: 'what the file says',
      use: 'Production: everything is written down.',
      action: run('consul-k8s install -f consul-values.yaml'),
    },
    {
      name: 'secure',
      holds: 'one server, TLS, access lists, gossip encryption',
      use: 'A try with everything locked; for production, three servers.',
      action: run('consul-k8s install -preset secure'),
    },
    {
      name: 'quickstart',
      holds: 'one server, the web page, metrics and a Prometheus',
      use: 'A look at it. Nothing is encrypted between the servers, and nothing refused.',
      action: run('consul-k8s install -preset quickstart'),
    },
  ],
};

const inject: Playbook = {
  mesh: 'consul',
  topic: 'inject',
  summary:
    'An annotation on the template of the pods. The Service in front of them keeps its name, and becomes the name in the catalogue.',
  source: 'https://developer.hashicorp.com/consul/docs/connect/k8s',
  steps: [
    {
      id: 'workload',
      title: 'Annotate the pods',
      why: 'The injector reads pods alone: on a Service or a namespace the annotation says nothing. With access lists on, their ServiceAccount has to bear the name of the service. The change of the template restarts the pods. Under GitOps write it into the manifest instead.',
      actions: [
        ...moving
          .join(here)
          .map((it) =>
            run(
              it,
              seed(
                'C5',
                'consul.hashicorp.com/connect-inject: "true" (on a Service)',
                'ineffective',
                'The annotation is read on pods alone: keep the one on the template, and drop the one on the Service.',
              ),
            ),
          ),
        run(`kubectl rollout status ${its.workload} -n ${its.namespace} --timeout=5m`),
      ],
      checks: [run(proxiesOf(its.namespace))],
      rollback: moving.leave(here).map((it) => run(it)),
    },
    {
      id: 'allow',
      title: 'Let somebody call it',
      why: 'With access lists on nobody may, until an intention says so. For paths and methods, and for routes, the service needs a protocol as well.',
      actions: [
        file(
          'intentions.yaml',
          `apiVersion: consul.hashicorp.com/v1alpha1
kind: ServiceIntentions
metadata:
  name: ${its.service}
  namespace: ${its.namespace}
spec:
  destination:
    name: ${its.service}
  sources:
    - name: frontend
      action: allow
---
apiVersion: consul.hashicorp.com/v1alpha1
kind: ServiceDefaults
metadata:
  name: ${its.service}
  namespace: ${its.namespace}
spec:
  protocol: http
`,
        ),
        run('kubectl apply -f intentions.yaml'),
      ],
      checks: [run(`kubectl get serviceintentions,servicedefaults -n ${its.namespace}`)],
      rollback: [run('kubectl delete -f intentions.yaml')],
    },
  ],
};

const peeringValues = `global:
  name: consul
  datacenter: dc1
  tls:
    enabled: true
  peering:
    enabled: true
meshGateway:
  enabled: true
`;

const multiCluster: Playbook = {
  mesh: 'consul',
  topic: 'multi-cluster',
  summary:
    'Peering joins clusters that stay independent: each exports what the other may see. Federation makes one datacenter the primary of all others, with one authority for certificates and access lists. Peering is the first choice today.',
  source: 'https://developer.hashicorp.com/consul/docs/east-west/cluster-peering/establish/k8s',
  steps: [
    {
      id: 'peering-values',
      title: 'Peering: install both with it',
      why: 'The chart refuses peering without TLS and mesh gateways. Give the second cluster a datacenter of another name.',
      actions: [
        file('peering-values.yaml', peeringValues, {
          id: 'C12',
          command: '(no steps for peering)',
          verdict: 'incomplete',
          why: 'Guides of 2023 know federation alone.',
        }),
        ...[its.cluster1, its.cluster2].map((context, at) =>
          run(
            `helm install consul hashicorp/consul --kube-context ${context} --version ${release} -f peering-values.yaml --set global.datacenter=dc${at + 1} --create-namespace --namespace consul`,
          ),
        ),
        file(
          'peering-mesh.yaml',
          `apiVersion: consul.hashicorp.com/v1alpha1
kind: Mesh
metadata:
  name: mesh
  namespace: consul
spec:
  peering:
    peerThroughMeshGateways: true
`,
        ),
        ...[its.cluster1, its.cluster2].map((context) =>
          run(`kubectl --context ${context} apply -f peering-mesh.yaml`),
        ),
      ],
    },
    {
      id: 'peering-token',
      title: 'Peering: hand the token over',
      why: 'The first cluster makes a token, the second dials with it. It can be used once.',
      actions: [
        file(
          'acceptor.yaml',
          `apiVersion: consul.hashicorp.com/v1alpha1
kind: PeeringAcceptor
metadata:
  name: cluster2
  namespace: consul
spec:
  peer:
    secret:
      name: peering-token
      key: data
      backend: kubernetes
`,
        ),
        run(`kubectl --context ${its.cluster1} apply -f acceptor.yaml`),
        run(
          `kubectl --context ${its.cluster1} get secret peering-token -n consul -o yaml | kubectl --context ${its.cluster2} apply -f -`,
        ),
        file(
          'dialer.yaml',
          `apiVersion: consul.hashicorp.com/v1alpha1
kind: PeeringDialer
metadata:
  name: cluster1
  namespace: consul
spec:
  peer:
    secret:
      name: peering-token
      key: data
      backend: kubernetes
`,
        ),
        run(`kubectl --context ${its.cluster2} apply -f dialer.yaml`),
      ],
      checks: [run(`kubectl --context ${its.cluster2} get peeringdialers -n consul`)],
    },
    {
      id: 'export',
      title: 'Peering: export a service, and allow its callers',
      why: 'What is not exported, the peer does not see; what no intention allows, it may not call.',
      actions: [
        file(
          'exported.yaml',
          `apiVersion: consul.hashicorp.com/v1alpha1
kind: ExportedServices
metadata:
  name: default
  namespace: consul
spec:
  services:
    - name: ${its.service}
      consumers:
        - peer: cluster2
---
apiVersion: consul.hashicorp.com/v1alpha1
kind: ServiceIntentions
metadata:
  name: ${its.service}
  namespace: ${its.namespace}
spec:
  destination:
    name: ${its.service}
  sources:
    - name: frontend
      peer: cluster2
      action: allow
`,
        ),
        run(`kubectl --context ${its.cluster1} apply -f exported.yaml`),
      ],
    },
    {
      id: 'federation-primary',
      title: 'Federation: the primary datacenter',
      why: 'It makes a secret with all that a secondary one needs.',
      actions: [
        file(
          'dc1-values.yaml',
          `global:
  name: consul
  datacenter: dc1
  tls:
    enabled: true
  federation:
    enabled: true
    createFederationSecret: true
meshGateway:
  enabled: true
`,
          seed(
            'C10',
            'global: {datacenter: dc1, federation: {enabled: true, createFederationSecret: true}}',
            'wrong',
            'The chart fails: federation asks for `global.tls.enabled` and `meshGateway.enabled`.',
          ),
        ),
        run(
          `helm install consul hashicorp/consul --kube-context ${its.cluster1} --version ${release} -f dc1-values.yaml --create-namespace --namespace consul`,
        ),
      ],
    },
    {
      id: 'federation-secondary',
      title: 'Federation: the secondary datacenter',
      why: 'It takes authority and settings of the servers out of the secret.',
      actions: [
        run(`kubectl --context ${its.cluster2} create namespace consul`),
        run(
          `kubectl --context ${its.cluster1} get secret consul-federation -n consul -o yaml | kubectl --context ${its.cluster2} apply -f -`,
        ),
        file(
          'dc2-values.yaml',
          `global:
  name: consul
  datacenter: dc2
  tls:
    enabled: true
    caCert:
      secretName: consul-federation
      secretKey: caCert
    caKey:
      secretName: consul-federation
      secretKey: caKey
  federation:
    enabled: true
    primaryDatacenter: dc1
meshGateway:
  enabled: true
server:
  extraVolumes:
    - type: secret
      name: consul-federation
      items:
        - key: serverConfigJSON
          path: config.json
      load: true
`,
          seed(
            'C11',
            'global: {datacenter: dc2, federation: {enabled: true}}',
            'incomplete',
            'The secondary knows neither the authority nor the address of the primary: both are in the federation secret.',
          ),
        ),
        run(
          `helm install consul hashicorp/consul --kube-context ${its.cluster2} --version ${release} -f dc2-values.yaml --namespace consul`,
        ),
      ],
      checks: [
        run(
          `kubectl --context ${its.cluster1} exec -n consul consul-server-0 -c consul -- env CONSUL_HTTP_ADDR=https://localhost:8501 consul members -wan`,
        ),
      ],
    },
  ],
};

const observe: Playbook = {
  mesh: 'consul',
  topic: 'observe',
  summary:
    'The servers bring a web page with services, health and intentions; with metrics on, it draws who calls whom. Pods are then annotated for Prometheus, and Envoy answers on port 20200.',
  source: 'https://developer.hashicorp.com/consul/docs/observe/telemetry/k8s',
  steps: [
    {
      id: 'metrics',
      title: 'Turn metrics on',
      why: 'Proxies get the annotations when they are made anew. The address is that of your own Prometheus; the chart can bring one for a try, with `prometheus.enabled`.',
      actions: [
        file(
          'metrics-values.yaml',
          `global:
  metrics:
    enabled: true
connectInject:
  metrics:
    defaultEnabled: true
ui:
  enabled: true
  metrics:
    enabled: true
    provider: prometheus
    baseURL: http://prometheus-server.monitoring.svc
`,
          seed(
            undefined,
            "job_name: 'consul-connect' with consul_sd_configs",
            'wrong',
            'It asks the plain port 8500, which TLS closes, and scrapes the ports of the services instead of the metrics of Envoy. Let Prometheus find pods by their `prometheus.io` annotations.',
          ),
        ),
        run(
          `helm upgrade consul hashicorp/consul --namespace consul --version ${release} --reuse-values -f metrics-values.yaml`,
        ),
        run(`kubectl rollout restart ${its.workload} -n ${its.namespace}`),
      ],
      checks: [
        run(
          `kubectl get pods -n ${its.namespace} -o 'custom-columns=NAME:.metadata.name,SCRAPE:.metadata.annotations.prometheus\\.io/scrape,PORT:.metadata.annotations.prometheus\\.io/port'`,
        ),
      ],
    },
    {
      id: 'page',
      title: 'Open the web page',
      why: 'At https://localhost:8501, with the token of the step “Get the token of the administrator”.',
      actions: [run('kubectl port-forward -n consul service/consul-ui 8501:443')],
    },
    {
      id: 'stats',
      title: 'Ask one proxy',
      why: 'The counters of its Envoy, without Prometheus.',
      actions: [run(`consul-k8s proxy stats ${its.pod} -n ${its.namespace}`)],
    },
  ],
};

const troubleshoot: Playbook = {
  mesh: 'consul',
  topic: 'troubleshoot',
  summary: 'Are the servers well, is the configuration in, does the proxy know its upstreams, and may it call them?',
  source: 'https://developer.hashicorp.com/consul/docs/troubleshoot/service-communication',
  steps: [
    {
      id: 'servers',
      title: 'Are the servers well?',
      why: 'There are no agents beside the pods any more: the list has the servers alone. With TLS on, the plain port is closed; with access lists on, the token is asked for.',
      actions: [
        run(showStatus),
        run(token),
        run(
          `${inServer} consul members -token "$CONSUL_HTTP_TOKEN"`,
          seed(
            'C6',
            'kubectl exec -n consul consul-server-0 -- consul members',
            'incomplete',
            'It works only without TLS and access lists, and lists servers alone since there are no agents beside pods.',
          ),
        ),
      ],
    },
    {
      id: 'configuration',
      title: 'Is the configuration in?',
      why: 'SYNCED says whether the servers have taken a resource over; `kubectl describe` has the reason where they have not.',
      actions: [
        run(allIntentions, same('C7')),
        run('kubectl get servicedefaults,serviceresolvers,servicerouters,servicesplitters,proxydefaults,mesh -A'),
      ],
    },
    {
      id: 'proxy',
      title: 'Does the proxy know its upstreams?',
      why: 'Take the address of the upstream from the second command for the third.',
      actions: [
        run(
          `consul-k8s proxy read ${its.pod} -n ${its.namespace}`,
          seed(
            'C9',
            'kubectl exec -n consul consul-server-0 -- consul connect proxy -sidecar-for webapp',
            'wrong',
            'It starts a proxy in the pod of a server, and one that is neither supported in production nor developed; it looks into nothing.',
          ),
        ),
        run(`consul-k8s troubleshoot upstreams -pod ${its.pod} -n ${its.namespace}`),
        run(`consul-k8s troubleshoot proxy -pod ${its.pod} -upstream-ip ${its.upstream} -n ${its.namespace}`),
        run(`consul-k8s proxy log ${its.pod} -n ${its.namespace}`),
        run(allProxies),
      ],
    },
    {
      id: 'logs',
      title: 'What do the logs say?',
      why: 'The first has servers and injector; of a pod in the mesh, the data plane and its Envoy write into one log.',
      actions: [
        run('kubectl logs -n consul -l app=consul', same('C8')),
        run(`kubectl logs ${its.pod} -n ${its.namespace} -c consul-dataplane`),
      ],
    },
  ],
};

export const consul = {
  install,
  inject,
  'multi-cluster': multiCluster,
  observe,
  troubleshoot,
  migrate: migrate('consul', 'https://developer.hashicorp.com/consul/docs/register/service/k8s/transparent-proxy'),
};
