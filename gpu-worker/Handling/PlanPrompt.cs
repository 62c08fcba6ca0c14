using AudioReprompt.Reprompt;

namespace AudioReprompt.Worker.Handling;

/// <summary>Makes a musical plan for a prompt that came without one; <see cref="PromptRefiner"/> does it.</summary>
public delegate ValueTask<MusicalPlan> PlanPrompt(string prompt, CancellationToken cancellationToken);
