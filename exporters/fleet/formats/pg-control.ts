/**
 * Source: global/pg_control of a data directory, running or stopped
 *         https://git.postgresql.org/gitweb/?p=postgresql.git;f=src/include/catalog/pg_control.h
 * Shape:  uint64 system identifier, uint32 control version, uint32 catalog version, int32 state,
 *         in the byte order of the machine that wrote it
 * Needs:  read access as the owner of the directory or root
 */
import { ParseError } from '../../../lib/errors.ts';

/** Bytes that are read: all others differ between versions. */
export const PG_CONTROL_BYTES = 20;

/** DBState of pg_control.h in its order. */
const STATES = [
  'starting up',
  'shut down',
  'shut down in recovery',
  'shutting down',
  'in crash recovery',
  'in archive recovery',
  'in production',
] as const;
export type ClusterState = (typeof STATES)[number];

export interface PgControl {
  /** A 64-bit number, so a string: neither a sample nor a JavaScript number can hold it. */
  readonly systemIdentifier: string;
  /** Undefined for a catalog version that is not in our table (a beta, or a newer release). */
  readonly major: number | undefined;
  /** As it was written last; a crashed server left `in production`. */
  readonly state: ClusterState;
}

/** Catalog version of every release; it does not change within a major. */
const MAJOR_BY_CATALOG: ReadonlyMap<number, number> = new Map([
  [201608131, 9.6],
  [201707211, 10],
  [201809051, 11],
  [201909212, 12],
  [202007201, 13],
  [202107181, 14],
  [202209061, 15],
  [202307071, 16],
  [202406281, 17],
  [202506291, 18],
]);

/** Reads the first bytes of pg_control. Throws ParseError when they are not of a PostgreSQL 9.0 or later. */
export function parsePgControl(path: string, bytes: Uint8Array): PgControl {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < PG_CONTROL_BYTES) {
    throw new ParseError(path, `${PG_CONTROL_BYTES} bytes`, `${bytes.byteLength} bytes`);
  }
  // The catalog version is a date, YYYYMMDDN, in one byte order only.
  const little = [true, false].find((order) => isCatalogVersion(view.getUint32(12, order)));
  if (little === undefined) {
    throw new ParseError(path, 'a catalog version', Buffer.from(bytes).toString('hex', 12, 16));
  }
  const state = STATES[view.getInt32(16, little)];
  if (state === undefined) throw new ParseError(path, 'a state from 0 to 6', `${view.getInt32(16, little)}`);
  return {
    systemIdentifier: String(view.getBigUint64(0, little)),
    major: MAJOR_BY_CATALOG.get(view.getUint32(12, little)),
    state,
  };
}

function isCatalogVersion(number: number): boolean {
  const text = String(number);
  return /^20[0-4]\d(0[1-9]|1[0-2])([0-2]\d|3[01])\d$/.test(text);
}

/**
 * When initdb made the cluster, in seconds since the epoch: the upper half of its identifier. Standbys,
 * clones and machine images share the date of their origin; pg_upgrade starts a new one.
 */
export function initdbTime(systemIdentifier: string): number | undefined {
  if (!/^\d{10,20}$/.test(systemIdentifier)) return undefined;
  const seconds = Number(BigInt.asUintN(64, BigInt(systemIdentifier)) >> 32n);
  // Before the first release under this name it cannot have been.
  return seconds > 820_454_400 ? seconds : undefined;
}
