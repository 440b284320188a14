// Keeps what contributors register, and marks that the test asks for. Unlike the real one it starts only when it is woken.

const vscode = require('vscode');

exports.activate = () => {
  const contributors = [];
  return {
    contributors,
    marks: vscode.languages.createDiagnosticCollection('YAML'),
    registerContributor(scheme, requestSchema, requestSchemaContent, label) {
      contributors.push({ scheme, requestSchema, requestSchemaContent, label });
      return true;
    },
  };
};
