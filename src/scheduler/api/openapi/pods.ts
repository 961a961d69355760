import { Type } from 'typebox';
import { podSchema } from '../../core/validate/pods/pod-schema.js';
import { deployed, timestamp } from './common-schemas.js';
import { flag, force, json } from './operation.js';
import type { Paths, Resource } from './operation.js';
import { podAnswerSchema, podInstanceSchema, podStatusSchema } from './pod-schemas.js';

const examplePod = {
  id: '/shop/web',
  containers: [
    { name: 'web', exec: { command: { shell: 'python3 -m http.server 8080' } }, resources: { cpus: 0.1, mem: 32 } },
  ],
};

const wipe = flag('wipe', false, 'Forget the volumes, too.');

const definitions: Paths = {
  '/v2/pods': {
    get: {
      id: 'listPods',
      summary: 'All pods',
      description: 'HEAD asks whether there are pods at all in this API: 200.',
      answers: { 200: json('The pods.', Type.Array(podAnswerSchema)) },
    },
    post: {
      id: 'createPod',
      summary: 'Create a pod',
      parameters: [force],
      body: { schema: podSchema, example: examplePod },
      answers: { 201: deployed('The pod as it is created.', podAnswerSchema, { Location: 'The id of the pod.' }) },
      errors: [400, 409, 422],
    },
  },
  '/v2/pods/{pod_id}': {
    get: {
      id: 'getPod',
      summary: 'One pod',
      answers: { 200: json('The pod.', podAnswerSchema) },
      errors: [404],
    },
    put: {
      id: 'setPod',
      summary: 'Update a pod',
      description: 'The body is the whole pod: what is not given gets its default.',
      parameters: [force],
      body: { schema: podSchema, example: examplePod },
      answers: { 200: deployed('The pod as it is now.', podAnswerSchema) },
      errors: [400, 404, 409, 422],
    },
    delete: {
      id: 'deletePod',
      summary: 'Delete a pod',
      parameters: [force],
      answers: {
        202: {
          description: 'The deployment has begun.',
          headers: { Location: 'The id of the deployment.', 'Marathon-Deployment-Id': 'The id of the deployment.' },
        },
      },
      errors: [404, 409],
    },
  },
};

const status: Paths = {
  '/v2/pods::status': {
    get: {
      id: 'listPodStatus',
      summary: 'How all pods are',
      answers: { 200: json('The pods and their instances.', Type.Array(podStatusSchema)) },
    },
  },
  '/v2/pods/{pod_id}::status': {
    get: {
      id: 'getPodStatus',
      summary: 'How a pod is',
      answers: { 200: json('The pod and its instances.', podStatusSchema) },
      errors: [404],
    },
  },
};

const versions: Paths = {
  '/v2/pods/{pod_id}::versions': {
    get: {
      id: 'listPodVersions',
      summary: 'The versions of a pod',
      answers: { 200: json('The versions.', Type.Array(timestamp)) },
      errors: [404],
    },
  },
  '/v2/pods/{pod_id}::versions/{version}': {
    get: {
      id: 'getPodVersion',
      summary: 'One version of a pod',
      answers: { 200: json('The pod.', podAnswerSchema) },
      errors: [404, 422],
    },
  },
};

const instances: Paths = {
  '/v2/pods/{pod_id}::instances': {
    delete: {
      id: 'killPodInstances',
      summary: 'End instances of a pod',
      parameters: [wipe],
      body: {
        schema: Type.Array(Type.String(), { description: 'Ids of instances.' }),
        example: ['shop_web.instance-867ed450-f6a8-4d33-9b0e-e11c5513990b'],
      },
      answers: { 200: json('The instances that are ended.', Type.Array(podInstanceSchema)) },
      errors: [400, 404, 422],
    },
  },
  '/v2/pods/{pod_id}::instances/{instance_id}': {
    delete: {
      id: 'killPodInstance',
      summary: 'End one instance of a pod',
      parameters: [wipe],
      answers: { 200: json('The instance that is ended.', podInstanceSchema) },
      errors: [404, 422],
    },
  },
};

export const pods: Resource = {
  tag: 'pods',
  description: 'Pods: containers that run together.',
  paths: { ...definitions, ...status, ...versions, ...instances },
};
