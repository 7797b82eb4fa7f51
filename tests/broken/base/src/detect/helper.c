/* No component: AIS_COMPONENT_NAME(name = "helper") in a comment annotates nothing. */
int helper(void)
{
    return 0;
}
