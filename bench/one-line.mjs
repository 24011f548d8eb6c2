// The least that an ES module can cost which prints a line.
console.log('nv')
