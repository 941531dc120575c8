describe("somebody's tests", () => {
  test('1 + 1 is 3 (or so)', () => expect(1 + 1).toBe(3));
});
