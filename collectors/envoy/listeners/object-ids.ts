import { plainIdPart } from "#collectors/shared/plain-name.ts";

/** Id of the object that one listener of a file is. The first `#` always ends the file's name. */
export function objectIdOf(targetId: string, fileName: string, listener: string): string {
  return `${targetId}:${escapeName(fileName)}#${plainIdPart(listener)}`;
}

/** Name of the file that an object's id means; `null` for an id of another target. */
export function fileNameOf(targetId: string, objectId: string): string | null {
  const prefix = `${targetId}:`;
  if (!objectId.startsWith(prefix)) return null;
  const [name = ""] = objectId.slice(prefix.length).split("#", 1);
  return name.replaceAll("%23", "#").replaceAll("%25", "%");
}

function escapeName(name: string): string {
  return name.replaceAll("%", "%25").replaceAll("#", "%23");
}
