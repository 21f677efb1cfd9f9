import { storeContract } from '../../test/contract/store-contract.ts';
import { storeEngineContract } from '../../test/contract/store-engine-contract.ts';
import { memoryStores } from './memory-stores.ts';

storeEngineContract(memoryStores);
storeContract(memoryStores);
