/** How often a workstation may ask for what administrators do. */
export const administering = { name: "admin", points: 60, seconds: 60 };
