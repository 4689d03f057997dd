/** Leaves texts for people unmutated: what a message says is up to the tests of its words, not to a score. */
const hasSpace = (text) => /\s/.test(text.trim());

function isProse({ node }) {
  if (node.type === "StringLiteral") {
    return hasSpace(node.value);
  }
  const isPlain = ({ type }) => type === "Identifier" || type === "MemberExpression";
  return (
    node.type === "TemplateLiteral" &&
    node.expressions.every(isPlain) &&
    node.quasis.some(({ value }) => hasSpace(value.raw))
  );
}

export const strykerPlugins = [
  {
    kind: "Ignore",
    name: "prose",
    value: { shouldIgnore: (path) => (isProse(path) ? "a text for people" : undefined) },
  },
];
