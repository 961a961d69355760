import { messageOf } from '../../../common/errors.js';
import type { HttpServer } from '../../../http/server.js';
import type { ClusterFacts } from '../../ports/cluster-facts.js';
import { visibleTo } from '../access/run-spec-access.js';
import { ApiError } from '../api-error.js';
import type { ApiContext } from '../context.js';
import { renderAgents, renderFrameworks } from '../render/cluster.js';
import { addResource } from '../resource.js';
import { sendJson } from '../send.js';

/**
 * `/ekiden/v1/agents` and `/ekiden/v1/frameworks`: what the leading Mesos master knows of its cluster. Both are for those who may view the
 * system's `config`; of tasks, only those of apps and pods are listed that whoever asks may view.
 */
export function addCluster(server: HttpServer, context: ApiContext): void {
  const { access, service, cluster } = context;
  const config = { kind: 'system', name: 'config' } as const;

  async function ask<Facts>(read: (facts: ClusterFacts) => Promise<Facts>): Promise<Facts> {
    if (cluster === undefined) throw new ApiError(503, 'No Mesos master can be asked here');
    try {
      return await read(cluster);
    } catch (error) {
      throw new ApiError(502, messageOf(error));
    }
  }

  addResource(server, '/ekiden/v1/agents', {
    GET: async (request, reply) => {
      access.demand(request, 'view', config);
      const agents = await ask((facts) => facts.agents());
      return sendJson(reply, JSON.stringify(renderAgents(agents, service.state, visibleTo(context, request))));
    },
  });
  addResource(server, '/ekiden/v1/frameworks', {
    GET: async (request, reply) => {
      access.demand(request, 'view', config);
      const frameworks = await ask((facts) => facts.frameworks());
      return sendJson(reply, JSON.stringify(renderFrameworks(frameworks, service.state.frameworkId)));
    },
  });
}
