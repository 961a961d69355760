import type { HttpServer } from '../../../http/server.js';
import { instanceIdOf } from '../../core/launch/task-id.js';
import type { Schema } from '../../core/validate/schema.js';
import type { Condition } from '../../model/instance.js';
import { runSpecResource, visibleTo } from '../access/run-spec-access.js';
import { ApiError } from '../api-error.js';
import type { ApiContext } from '../context.js';
import { wantsText } from '../parse/accept.js';
import { parseJson, parseShape } from '../parse/body.js';
import { valuesOf } from '../parse/query.js';
import type { Query } from '../parse/query.js';
import { arrayText } from '../render/app-info.js';
import { hasShownTask, taskText } from '../render/task.js';
import { tasksText } from '../render/tasks-text.js';
import { WholeAnswers } from '../render/whole-answers.js';
import { sendJson } from '../send.js';
import { addResource } from '../resource.js';
import { killTasks } from './kill-tasks.js';

const idsSchema: Schema = {
  type: 'object',
  properties: { ids: { type: 'array', items: { type: 'string' } } },
  required: ['ids'],
};
/** What every form of Marathon's task ids has: the app, a separator, and something of its own. */
const taskIdPattern = /^.+[._].+$/;

function parseTaskIds(body: unknown): readonly string[] {
  const { ids } = parseShape(idsSchema, parseJson(body)) as unknown as { ids: readonly string[] };
  for (const id of ids) {
    if (!taskIdPattern.test(id)) {
      throw new ApiError(400, `Invalid task id '${id}'. [It has neither a '.' nor a '_' after the app's name.]`);
    }
  }
  return ids;
}

/** The conditions that `status` asks for; none = all. Other words are ignored, as Marathon does. */
function conditionsOf(query: Query): ReadonlySet<Condition> {
  const words = [...valuesOf(query, 'status'), ...valuesOf(query, 'status[]')];
  const conditions: Condition[] = [];
  if (words.includes('running')) conditions.push('Running');
  if (words.includes('staging')) conditions.push('Provisioned', 'Staging');
  return new Set(conditions);
}

/** `/v2/tasks` and `/v2/tasks/delete` */
export function addTasks(server: HttpServer, context: ApiContext): void {
  const { access, service } = context;
  const lists = new WholeAnswers(service.state);

  addResource(server, '/v2/tasks', {
    GET: (request, reply) => {
      const { apps, health, instances } = service.state;
      const isVisible = visibleTo(context, request);
      if (wantsText(request)) {
        const shown = [...apps.values()].filter(({ id }) => isVisible(id));
        return reply.type('text/plain').send(tasksText(service.state, shown));
      }
      const wanted = conditionsOf(request.query as Query);
      const list = (): string => {
        const texts: string[] = [];
        for (const instance of instances.values()) {
          if (wanted.size > 0 && !wanted.has(instance.condition)) continue;
          // Those of pods are told of by /v2/pods::status only
          if (instance.containers !== undefined) continue;
          if (!isVisible(instance.appId) || !hasShownTask(instance)) continue;
          texts.push(taskText(instance, apps.get(instance.appId), health.get(instance.taskId)));
        }
        return `{"tasks":${arrayText(texts)}}`;
      };
      return sendJson(reply, access.isOpen ? lists.of([...wanted].join(), list) : list());
    },
  });

  addResource(server, '/v2/tasks/delete', {
    POST: (request, reply) => {
      const taskIds = parseTaskIds(request.body);
      for (const taskId of taskIds) {
        const instance = service.state.instances.get(instanceIdOf(taskId));
        if (instance !== undefined) access.demand(request, 'update', runSpecResource(service.state, instance.appId));
      }
      return killTasks(context, reply, request.query as Query, taskIds, (tasks) => `{"tasks":${arrayText(tasks)}}`);
    },
  });
}
