import type { RoutingModel } from '../compile/routing-model.js';
import type { Renderer } from './renderer.js';
import { templateModel } from './template-model.js';
import type { Surroundings } from './template-model.js';

/** A renderer that is given what `compile` makes, and adds what else a template needs. */
export interface ModelRenderer {
  /** As Renderer's. */
  render(template: string, model: RoutingModel): Promise<string>;
  close(): Promise<void>;
}

/** Asks for the surroundings of each model. */
export function surroundedRenderer(
  renderer: Renderer,
  surroundingsOf: (model: RoutingModel) => Promise<Surroundings>,
): ModelRenderer {
  return {
    render: async (template, model) => renderer.render(template, templateModel(model, await surroundingsOf(model))),
    close: () => renderer.close(),
  };
}
