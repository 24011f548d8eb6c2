// Two functions of a withdrawn proposal for Reflect that tsyringe insists on when it is loaded. The classes it is
// loaded for take nothing in their constructors, so that there is no metadata to give.
Object.assign(Reflect, { getMetadata: () => undefined, getOwnMetadata: () => undefined })
