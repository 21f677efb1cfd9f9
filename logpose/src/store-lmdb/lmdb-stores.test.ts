import { storeContract } from '../../test/contract/store-contract.ts';
import { storeEngineContract } from '../../test/contract/store-engine-contract.ts';
import { lmdbStores } from './lmdb-stores.ts';

storeEngineContract(lmdbStores());
storeContract(lmdbStores());
