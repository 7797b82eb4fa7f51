#define X 1 + 2
#define X 3
#undef Y
int Z = 5;
#ifdef Q
AIS_SECURITY(true)
#endif
AIS_EXEC_TIM(1);
AIS_EXEC_TIME(X * 2, Z, f(1), 'a', "\xff" L"b", (1 2), 1 / 0
AIS_EXPECTED_THROUGHPUT;
AIS_COMPONENT_NAME(name = "..", name = 5, 6);
static int *run(void) { AIS_SECURITY(1); }
"open
/* open
