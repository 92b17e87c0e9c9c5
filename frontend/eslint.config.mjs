import tseslint from 'typescript-eslint';

// Type-aware rules: a forgotten await in the posting path loses somebody's text.
export default tseslint.config(
  { ignores: ['node_modules', '*.mjs', 'tests/*.mjs'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'no-eval': 'error',
      'no-implied-eval': 'error',
      // One file may turn a string into DOM: src/html.ts, through the Trusted Types policy.
      'no-restricted-properties': ['error',
        { property: 'innerHTML', message: 'Only html.ts creates DOM from a string.' },
        { property: 'outerHTML', message: 'Only html.ts creates DOM from a string.' },
        { property: 'insertAdjacentHTML', message: 'Only html.ts creates DOM from a string.' }],
    },
  },
  { files: ['src/html.ts'], rules: { 'no-restricted-properties': 'off' } },
  { files: ['tests/**'], rules: { '@typescript-eslint/no-floating-promises': 'off' } },
);
