// In place of a package that the dashboard does without.
export default {};
