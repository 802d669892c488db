DEVIATIONS['mode'] = [['call: mode[^]*NaN', 'NaN equals nothing and comes last; PyTorch compares as if it were a number']]
DEVIATIONS['histc'] = [['e\\+30', 'elements so large that all edges of the intervals are one number']]
