// Where nv is published: what package.json says, written in by the build.

declare const NV_HOMEPAGE: string | undefined
declare const NV_BUGS: string | undefined

/** The home page of the project; null if the build knows of none. */
export const homepage: string | null = (typeof NV_HOMEPAGE === 'string' && NV_HOMEPAGE) || null

/** Where bugs are reported; null if the build knows of no place. */
export const bugsPage: string | null = (typeof NV_BUGS === 'string' && NV_BUGS) || null
