SELECT :key
