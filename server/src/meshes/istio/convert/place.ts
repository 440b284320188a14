/** Reading with provenance: a value of a resource, and where it stands. */

import type { Asked, Origin } from '../../../model/ir.ts';
import type { Resource } from '../../../model/manifest.ts';
import { isUnknown } from '../../../model/part.ts';
import type { Path } from '../../../model/text.ts';
import { isRecord } from '../../../model/value.ts';

/** A value and its place in a resource; the value is undefined where nothing stands. */
export class Place {
  readonly resource: Resource;
  readonly path: Path;
  readonly value: unknown;

  private constructor(resource: Resource, path: Path, value: unknown) {
    this.resource = resource;
    this.path = path;
    this.value = value;
  }

  /** The whole of a resource. */
  static of(resource: Resource): Place {
    return new Place(resource, [], resource.value);
  }

  get origin(): Origin {
    return { resource: this.resource, path: this.path };
  }

  get exists(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  get text(): string | undefined {
    return typeof this.value === 'string' ? this.value : undefined;
  }

  get number(): number | undefined {
    return typeof this.value === 'number' ? this.value : undefined;
  }

  get boolean(): boolean | undefined {
    return typeof this.value === 'boolean' ? this.value : undefined;
  }

  at(...keys: readonly (string | number)[]): Place {
    let value = this.value;
    for (const key of keys) {
      if (Array.isArray(value)) value = value[Number(key)];
      else value = isRecord(value) && Object.hasOwn(value, String(key)) ? value[String(key)] : undefined;
    }
    return new Place(this.resource, [...this.path, ...keys], isUnknown(value) ? undefined : value);
  }

  /** The items of a list; none when it is no list. */
  get items(): readonly Place[] {
    return Array.isArray(this.value) ? this.value.map((_, position) => this.at(position)) : [];
  }

  /** The entries of a map; none when it is no map. */
  get entries(): readonly (readonly [string, Place])[] {
    return isRecord(this.value) ? Object.keys(this.value).map((key) => [key, this.at(key)] as const) : [];
  }

  /** Texts of a list of scalars, or of the values of a map. */
  get texts(): readonly string[] {
    return this.items.flatMap((it) => (it.text === undefined ? [] : [it.text]));
  }

  get textRecord(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.entries.flatMap(([key, it]) => (it.text === undefined ? [] : [[key, it.text]])));
  }

  /** This value, asked for here. */
  asked<T>(value: T): Asked<T> {
    return { value, from: [this.origin] };
  }
}

/** The origins of those places that are there. */
export function originsOf(...places: readonly Place[]): readonly Origin[] {
  return places.filter((it) => it.exists).map((it) => it.origin);
}
