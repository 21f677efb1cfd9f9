// Makes the files of an empty database once, as part of `npm install`: takes seconds out of every
// first start. Without them the shop makes its own, so a failure here only costs that time.
try {
  await import('./src/sql/prepare.ts');
} catch (error) {
  console.log(`database: not prepared (${error.message}); the first start takes longer`);
}
