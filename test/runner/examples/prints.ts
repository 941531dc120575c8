test('a test that prints', () => {
  console.log('a word %s', 'of mine');
  process.stderr.write('another\n');
});
