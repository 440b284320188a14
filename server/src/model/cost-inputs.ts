/** What one must know of a cluster to say what a mesh costs in it. */

export interface CostInputs {
  /** Workloads that get a proxy. */
  readonly services: number;
  /** Pods of each on average. */
  readonly replicas: number;
  readonly nodes: number;
  /** Proxies that pods share, where a mesh has such. */
  readonly waypoints: number;
  /** Requests between services per second, in the whole mesh. */
  readonly rps: number;
  /** Of one GB of memory for a month. */
  readonly priceGb: number;
  /** Of one vCPU for a month. */
  readonly priceVcpu: number;
}

export type CostInputName = keyof CostInputs;

export interface CostInput {
  readonly title: string;
  /** What the number counts, or what a price is for. */
  readonly unit: string;
  readonly summary: string;
  /** Whether only whole numbers make sense. */
  readonly isWhole: boolean;
  /** The largest number that is taken; the smallest is 0. */
  readonly most: number;
}

/** In the order in which they are asked for. */
export const costInputs: Readonly<Record<CostInputName, CostInput>> = {
  services: {
    title: 'Services',
    unit: 'workloads',
    summary: 'workloads that join the mesh',
    isWhole: true,
    most: 100_000,
  },
  replicas: {
    title: 'Replicas',
    unit: 'pods per service',
    summary: 'pods of a service, on average',
    isWhole: false,
    most: 1_000,
  },
  nodes: { title: 'Nodes', unit: 'of the cluster', summary: 'nodes of the cluster', isWhole: true, most: 15_000 },
  waypoints: {
    title: 'Waypoints',
    unit: 'shared proxies',
    summary: 'proxies for HTTP that pods share, where a mesh has such; 0 where encryption is enough',
    isWhole: true,
    most: 15_000,
  },
  rps: {
    title: 'Requests',
    unit: 'per second',
    summary: 'requests between services per second, in the whole mesh',
    isWhole: false,
    most: 100_000_000,
  },
  priceGb: {
    title: 'Price of memory',
    unit: 'per GB and month',
    summary: 'price of 1 GB of memory for a month',
    isWhole: false,
    most: 100_000,
  },
  priceVcpu: {
    title: 'Price of CPU',
    unit: 'per vCPU and month',
    summary: 'price of 1 vCPU for a month',
    isWhole: false,
    most: 100_000,
  },
};

export const costInputNames = Object.keys(costInputs) as readonly CostInputName[];

/** Whether a number can stand for an input: within its bounds, and whole where it has to be. */
export function fitsInput(name: CostInputName, value: number): boolean {
  const { isWhole, most } = costInputs[name];
  return value >= 0 && value <= most && (!isWhole || Number.isInteger(value));
}

/** The inputs in what a page or a file says; what is missing or makes no sense is left out. */
export function readCostInputs(value: unknown): Partial<CostInputs> {
  const from: Readonly<Record<string, unknown>> = typeof value === 'object' && value !== null ? { ...value } : {};
  return Object.fromEntries(
    costInputNames.flatMap((name) => {
      const it = from[name];
      return typeof it === 'number' && fitsInput(name, it) ? [[name, it]] : [];
    }),
  );
}
