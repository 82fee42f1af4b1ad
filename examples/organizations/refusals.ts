import { notFound } from 'fastify-pt-status'

export const noOrganization = () => notFound('No organization has this id.', { code: 'ORGANIZATION_NOT_FOUND' })

export const noManager = () => notFound('No manager of this organization has this id.', { code: 'MANAGER_NOT_FOUND' })

export const noRegistryEntry = () => notFound('The company registry has no such company.', { code: 'REGISTRY_ENTRY_NOT_FOUND' })
