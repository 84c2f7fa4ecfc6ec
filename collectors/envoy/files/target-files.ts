import * as nodeFs from "node:fs/promises";

import type { Clock } from "#lib/ports/time.ts";

import type { DirectoryReading } from "../directory.ts";
import type { FileSystem } from "./config-folder.ts";

/** What a target of files is given, whatever the files hold. `A` = the questions that it asks a proxy. */
export interface FileTargetOptions<A> {
  id: string;
  /** The proxies that exist, as the collector's directory names them. */
  directory: { read(): Promise<DirectoryReading> };
  /** A client for one admin address whose every call is given up after `timeoutMs`. */
  admin: (address: string, timeoutMs: number) => A;
  clock: Clock;
  /** An Envoy for dry runs; `null` where none is at hand, which a check then says. */
  validateBinary: string | null;
  /** A file of Weft's data folder in which readers and own writes are remembered; `null` = for this process only. */
  memoryFile: string | null;
  /** The change that wrote with this marker; `null` when nobody knows. */
  findChange?: (marker: string) => string | null;
  /** For tests: a file system that fails on purpose. */
  fs?: FileSystem;
}

/** The files of one target, and what it plans and proves with. */
export interface TargetFiles<A> {
  targetId: string;
  folder: string;
  fs: FileSystem;
  clock: Clock;
  /** A client with short deadlines: a frozen proxy must not hold up what the others say. */
  admin: (address: string) => A;
  validateBinary: string | null;
}

/** Deadline of each question of a plan or a proof, milliseconds. */
const PROOF_TIMEOUT_MS = 400;
/** Deadline of the question where a proxy's configuration comes from, milliseconds: a long answer, and rarely asked for. */
export const BOOK_TIMEOUT_MS = 1_500;

export function targetFilesIn<A>(folder: string, options: FileTargetOptions<A>): TargetFiles<A> {
  const { id, fs = nodeFs, clock, admin, validateBinary } = options;
  return { targetId: id, folder, fs, clock, admin: (address) => admin(address, PROOF_TIMEOUT_MS), validateBinary };
}
