#if AZURE_FUNCTIONS
using AudioReprompt.FrontDoor.AzureFunctions;

return await FunctionsHost.RunAsync(args);
#else
using AudioReprompt.FrontDoor;

return await FrontDoorHost.RunAsync(args);
#endif
