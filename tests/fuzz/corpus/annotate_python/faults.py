X = 1
if X:
    X = f'{X}\u00e4\N{DASH}\x4'
@exec_time
@exec_time(X, *y, **z)
@annotation({**a, 'exec_tim': {1: 2}, 'security': f()})
@component_name(b'a' '''x
y''')
async def main(args:
    print "x"
