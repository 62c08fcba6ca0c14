using AudioReprompt.FrontDoor;

return await FrontDoorHost.RunAsync(args);
