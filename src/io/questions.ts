// The questions of @inquirer/prompts that are asked; the others stay out of the bundle.
export { confirm, input, password, select } from '@inquirer/prompts'
